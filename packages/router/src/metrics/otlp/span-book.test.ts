import { expect, test } from "vitest";
import { SpanBook } from "./span-book.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`;

function bookOf({ isOn = true, samplePct = 100, random = 0.5 } = {}): SpanBook {
  let given = 0;
  return new SpanBook({
    randomHex: (bytes) => {
      given += 1;
      return String(given).padStart(bytes * 2, "0");
    },
    random: () => random,
    isOn: () => isOn,
    samplePct: () => samplePct,
  });
}

test("where no spans are sent, a sound parent passes unchanged and a malformed one goes no further", () => {
  const book = bookOf({ isOn: false });
  const headers = ["traceparent", PARENT, "tracestate", "a=b"];
  expect(book.onward(headers, "r")).toBe(headers);
  expect(book.onward(["traceparent", "00-zz", "tracestate", "a=b", "accept", "*/*"], "r")).toEqual(["accept", "*/*"]);
  expect(book.take("r", headers)).toBeUndefined();
});

test("each call is a span of its own below the request's, in the client's trace", () => {
  const book = bookOf();
  const first = book.onward(["traceparent", PARENT], "r");
  const second = book.onward(["traceparent", PARENT], "r");
  const ids = book.take("r", ["traceparent", PARENT]);
  expect(ids?.traceId).toBe(TRACE);
  expect(ids?.parent?.spanId).toBe("00f067aa0ba902b7");
  expect(ids?.calls.map((call) => ["traceparent", `00-${TRACE}-${call}-01`])).toEqual([first, second]);
  expect(new Set([ids?.spanId, ...(ids?.calls ?? [])]).size).toBe(3);
});

test("a request that never reached a node has a span, too", () => {
  expect(bookOf().take("r", ["traceparent", PARENT])).toMatchObject({ traceId: TRACE, calls: [] });
});

test("a client that does not sample is followed, and without a client's word the share decides", () => {
  const unsampled = PARENT.replace(/1$/, "0");
  expect(bookOf().onward(["traceparent", unsampled], "r")).toEqual(["traceparent", unsampled]);
  expect(bookOf({ samplePct: 0 }).take("r", ["traceparent", PARENT])).toBeDefined();
  expect(bookOf({ samplePct: 40, random: 0.5 }).take("r", [])).toBeUndefined();
  expect(bookOf({ samplePct: 60, random: 0.5 }).take("r", [])).toBeDefined();
});

test("requests whose end nobody tells do not fill the memory", () => {
  const book = bookOf();
  for (let at = 0; at < 20_000; at += 1) book.onward(["traceparent", PARENT], `r${at}`);
  expect(book.take("r0", [])?.calls).toEqual([]);
  expect(book.take("r19999", [])?.calls).toHaveLength(1);
});
