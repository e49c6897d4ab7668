import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NodeCallResult } from "../../dispatch/node-call.run.ts";
import { outcomeOf, reasonOf } from "./change-outcome.ts";

const answered = (status: number, body = ""): NodeCallResult => ({
  kind: "answered",
  status,
  headers: [],
  body: Buffer.from(body),
});
const failed: NodeCallResult = { kind: "failed", detail: "ECONNRESET", isUntouched: true };
const verdicts = (results: Readonly<Record<string, NodeCallResult>>) =>
  Object.entries(results).map(([nodeId, result]) => ({ nodeId, result }));

describe("what several nodes make of a change", () => {
  test("is done where all did it, also where one had nothing to change", () => {
    expect(outcomeOf(verdicts({ a: answered(200), b: answered(404, "no"), c: answered(200) }))).toMatchObject({
      kind: "done",
      done: ["a", "c"],
      answer: { status: 200 },
    });
  });

  test("is their common refusal where nobody did it", () => {
    const refused = outcomeOf(verdicts({ a: answered(400, "bad"), b: answered(400, "bad") }));
    expect(refused).toMatchObject({ kind: "refused", answer: { status: 400, body: Buffer.from("bad") } });
    const unknown = outcomeOf(verdicts({ a: answered(404, "x"), b: answered(404, "x") }));
    expect(unknown).toMatchObject({ kind: "refused", answer: { status: 404 } });
  });

  test("names who did it and who did not and why, with the status that those agree on", () => {
    const one = outcomeOf(verdicts({ a: answered(200), b: answered(507, '{"error":"disk full"}'), c: failed }));
    expect(one).toEqual({
      kind: "partial",
      status: 500,
      done: ["a"],
      text: "done on a; failed on b (disk full), c (ECONNRESET)",
    });
    const other = outcomeOf(verdicts({ a: answered(200), b: answered(507, "{}"), c: answered(404) }));
    expect(other).toMatchObject({ kind: "partial", status: 507, text: "done on a; failed on b (HTTP 507)" });
    expect(outcomeOf(verdicts({ a: failed }))).toMatchObject({ kind: "partial", text: "failed on a (ECONNRESET)" });
  });

  test("is never called done while somebody failed, and names everybody who did it", () => {
    const result = fc.constantFrom(answered(200), answered(404, "no"), answered(500, "{}"), answered(400), failed);
    fc.assert(
      fc.property(fc.array(result, { minLength: 1, maxLength: 6 }), (results) => {
        const given = results.map((one, index) => ({ nodeId: `n${index}`, result: one }));
        const outcome = outcomeOf(given);
        const did = given.filter((one) => one.result.kind === "answered" && one.result.status === 200);
        const isBad = given.some(
          (one) => one.result.kind !== "answered" || (one.result.status !== 200 && one.result.status !== 404),
        );
        expect(outcome.kind === "done").toBe(did.length > 0 && !isBad);
        if (outcome.kind !== "refused") expect(outcome.done).toEqual(did.map(({ nodeId }) => nodeId));
        else expect(did).toEqual([]);
      }),
    );
  });

  test("tells reasons in few words", () => {
    expect(reasonOf(answered(500, `{"error":"${"x".repeat(1_000)}"}`))).toHaveLength(300);
    expect(reasonOf(answered(500, '{"error":3}'))).toBe("HTTP 500");
    expect(reasonOf(answered(502, "<html>"))).toBe("HTTP 502");
    expect(reasonOf(answered(502, "null"))).toBe("HTTP 502");
  });
});
