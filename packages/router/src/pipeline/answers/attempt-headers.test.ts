import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FAILED, makeAttempt, makeJourney, makePick } from "../testing/make-journey.ts";
import { attemptHeaders, headerText } from "./attempt-headers.ts";

/** Headers by name. */
const named = (flat: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ""] as const] : [])));

describe("the headers of an answer", () => {
  test("tell who answered, how well it scored, which model was asked for and which served, and the times", () => {
    const journey = makeJourney({ requestedModel: "gpt-4o", model: "gemma3" }, []);
    journey.queueMs = 150;
    expect(named(attemptHeaders(journey, makePick("mac-mini"), 1200.5))).toEqual({
      "X-Request-Id": "r-1",
      "X-Fleet-Node": "mac-mini",
      "X-Fleet-Score": "42",
      "X-Fleet-Requested-Model": "gpt-4o",
      "X-Fleet-Served-Model": "gemma3",
      "X-Fleet-Queue-Ms": "150.0",
      "X-Fleet-Overhead-Ms": "50.50",
    });
  });

  test("tell retries and edits only where there were any; the time of failed attempts is not the router's own", () => {
    const journey = makeJourney({}, [makeAttempt("a", FAILED, [1010, 1110])], ["model=gemma3", "tools removed"]);
    expect(named(attemptHeaders(journey, makePick("b"), 1120))).toMatchObject({
      "X-Fleet-Node": "b",
      "X-Fleet-Retries": "1",
      "X-Fleet-Edits": "model=gemma3, tools removed",
      "X-Fleet-Overhead-Ms": "20.00",
    });
  });
});

describe("a text in a header", () => {
  test("stays as it is where it may, and can be read back where not", () => {
    expect(headerText("ns/gemma3:4b")).toBe("ns/gemma3:4b");
    expect(headerText("größe\r\nX: 1")).toBe("gr%C3%B6%C3%9Fe%0D%0AX: 1");
  });

  test("is always one that may stand in a header, whatever it was", () => {
    const any = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom("\ud800", "\udc00", "a", "\n") }),
    );
    fc.assert(
      fc.property(any, (text) => {
        expect(headerText(text)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });
});
