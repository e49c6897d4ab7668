import fc from "fast-check";
import { expect, test } from "vitest";
import { readTraceParent, traceParentOf, withoutTrace, withTraceParent, writeTraceParent } from "./trace-parent.ts";

const SOUND = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

test("a sound header is read, and written again as it was", () => {
  const parent = readTraceParent(SOUND);
  expect(parent).toEqual({
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
    spanId: "00f067aa0ba902b7",
    isSampled: true,
  });
  expect(parent && writeTraceParent(parent)).toBe(SOUND);
  expect(readTraceParent(SOUND.replace(/1$/, "0"))?.isSampled).toBe(false);
});

test.each([
  ["zero trace", SOUND.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0".repeat(32))],
  ["zero span", SOUND.replace("00f067aa0ba902b7", "0".repeat(16))],
  ["version ff", SOUND.replace(/^00/, "ff")],
  ["capitals", SOUND.toUpperCase()],
  ["more behind version 00", `${SOUND}-more`],
  ["too short", SOUND.slice(0, -1)],
  ["nothing", ""],
])("%s is malformed", (_what, value) => {
  expect(readTraceParent(value)).toBeUndefined();
});

test("a later version may have more behind", () => {
  expect(readTraceParent(`${SOUND.replace(/^00/, "01")}-more`)?.spanId).toBe("00f067aa0ba902b7");
});

test("no text makes reading fail", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readTraceParent(text)).toBeUndefined();
    }),
  );
});

test("two parents cannot be believed", () => {
  expect(traceParentOf(["traceparent", SOUND, "Traceparent", SOUND])).toBe("malformed");
  expect(traceParentOf(["accept", "*/*"])).toBe("absent");
});

test("without a parent its state goes, too, and with another one everything else stays", () => {
  const headers = ["accept", "*/*", "TraceParent", SOUND, "tracestate", "a=b"];
  expect(withoutTrace(headers)).toEqual(["accept", "*/*"]);
  const own = { traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "1111111111111111", isSampled: true };
  expect(withTraceParent(headers, own)).toEqual([
    "accept",
    "*/*",
    "TraceParent",
    writeTraceParent(own),
    "tracestate",
    "a=b",
  ]);
  expect(withTraceParent([], own)).toEqual(["traceparent", writeTraceParent(own)]);
});
