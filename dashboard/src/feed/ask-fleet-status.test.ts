import { describe, expect, test } from "vitest";
import { sampleStatus } from "../testing/sample-views.ts";
import { askFleetStatus } from "./ask-fleet-status.ts";

const ask = (respond: () => Response | Promise<Response>) =>
  askFleetStatus({ fetch: async () => respond(), timeoutMs: 5_000 });

describe("a question to the router", () => {
  test("brings the status as it came", async () => {
    const status = sampleStatus();
    expect(await ask(() => Response.json(status))).toEqual({ kind: "status", status });
  });

  test("goes to the fleet's status and waits no longer than it is told to", async () => {
    const answer = await askFleetStatus({
      fetch: (path, init) =>
        new Promise((_, reject) => {
          expect(path).toBe("/fleet/status");
          init.signal?.addEventListener("abort", () => reject(init.signal?.reason));
        }),
      timeoutMs: 1,
    });
    expect(answer).toEqual({ kind: "failure", reason: "no answer within 0 s" });
  });

  test("repeats the router's own words and hint when it refuses", async () => {
    const refusal = () =>
      Response.json({ error: "host refused" }, { status: 403, headers: { "x-herd-hint": "add it to allowed_hosts" } });
    expect(await ask(refusal)).toEqual({
      kind: "failure",
      reason: "HTTP 403: host refused: add it to allowed_hosts",
    });
  });

  test("names the status of a refusal without words", async () => {
    const answer = await ask(() => new Response("<html>", { status: 502, statusText: "Bad Gateway" }));
    expect(answer).toEqual({ kind: "failure", reason: "HTTP 502: Bad Gateway" });
  });

  test.each([
    ["text that is not JSON", "<!doctype html>", "its answer is not JSON"],
    ["another document", `{"nodes":[]}`, "its answer is not a fleet status"],
    ["a node without a name", JSON.stringify({ ...sampleStatus(), nodes: [{}] }), "its answer is not a fleet status"],
    [
      "a lane that is a list",
      JSON.stringify({ ...sampleStatus(), queues: { a: [] } }),
      "its answer is not a fleet status",
    ],
  ])("fails in words for %s", async (_, body, reason) => {
    expect(await ask(() => new Response(body))).toEqual({ kind: "failure", reason: expect.stringContaining(reason) });
  });

  test("fails in words when nobody listens", async () => {
    const answer = await askFleetStatus({ fetch: () => Promise.reject(new TypeError("refused")), timeoutMs: 5_000 });
    expect(answer).toEqual({ kind: "failure", reason: expect.stringContaining("no connection") });
  });
});
