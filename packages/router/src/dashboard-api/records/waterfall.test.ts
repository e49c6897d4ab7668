import fc from "fast-check";
import { expect, test } from "vitest";
import { waterfallOf } from "./waterfall.ts";

const end = 1_790_000_000;
const plain = {
  timestamp: end,
  latency_ms: 1000,
  queue_wait_ms: 100,
  time_to_first_token_ms: 400,
  load_ms: 50,
  prefill_ms: 100,
  decode_ms: 500,
  is_stream: true,
  node_id: "one",
};
const attempt = { attempt: 1, node_id: "one", started_at: end - 0.85, ended_ms: 840, first_byte_ms: 250 };

const told = (segments: ReturnType<typeof waterfallOf>["segments"]) =>
  segments.map(({ name, start_ms, duration_ms }) => `${name} ${Math.round(start_ms)}+${Math.round(duration_ms)}`);

test("a streamed request waits, is taken to the node, loaded, read and written", () => {
  expect(told(waterfallOf(plain, [attempt]).segments)).toEqual([
    "router 0+50",
    "queue 50+100",
    "attempt 150+840",
    "connect 150+100",
    "load 250+50",
    "prefill 300+100",
    "decode 400+590",
    "router 990+10",
  ]);
});

test("a reply in one piece is written before its first byte", () => {
  const whole = { ...plain, is_stream: false, decode_ms: 600 };
  const segments = waterfallOf(whole, [{ ...attempt, first_byte_ms: 830 }]).segments;
  expect(told(segments).slice(3, 8)).toEqual([
    "connect 150+80",
    "load 230+50",
    "prefill 280+100",
    "decode 380+600",
    "stream 980+10",
  ]);
});

test("a row of the predecessor is drawn from what it tells; a request that reached no node only waited", () => {
  const old = { ...plain, queue_wait_ms: null, load_ms: null, prefill_ms: null, decode_ms: null, is_stream: null };
  expect(told(waterfallOf(old, []).segments)).toEqual(["attempt 0+1000", "connect 0+400", "stream 400+600"]);
  expect(told(waterfallOf({ ...plain, node_id: "" }, []).segments)).toEqual(["router 0+900", "queue 900+100"]);
});

test("whatever a row and its attempts tell, the stretches follow one another and make up the whole", () => {
  const ms = fc.double({ min: 0, max: 5000, noNaN: true });
  const attempts = fc.array(
    fc.record({
      attempt: fc.integer({ min: 1, max: 9 }),
      node_id: fc.constant("one"),
      started_at: fc.double({ min: end - 6, max: end + 2, noNaN: true }),
      ended_ms: fc.option(ms),
      first_byte_ms: fc.option(ms),
    }),
    { maxLength: 4 },
  );
  const trace = fc.record({
    timestamp: fc.constant(end),
    latency_ms: fc.option(ms),
    queue_wait_ms: fc.option(ms),
    time_to_first_token_ms: fc.option(ms),
    load_ms: fc.option(ms),
    prefill_ms: fc.option(ms),
    decode_ms: fc.option(ms),
    is_stream: fc.option(fc.boolean()),
    node_id: fc.constantFrom("", "one"),
  });
  fc.assert(
    fc.property(trace, attempts, (row, tries) => {
      const { segments, total_ms } = waterfallOf(row, tries);
      let at = 0;
      for (const { start_ms, duration_ms } of segments.filter((one) => !one.is_part)) {
        expect(start_ms).toBeCloseTo(at, 1);
        expect(duration_ms).toBeGreaterThanOrEqual(0);
        at = start_ms + duration_ms;
      }
      expect(at).toBeCloseTo(total_ms, 1);
      const last = segments.findLast((one) => one.name === "attempt");
      const parts = segments.filter((one) => one.is_part).reduce((sum, one) => sum + one.duration_ms, 0);
      if (parts > 0) expect(Math.abs(parts - (last?.duration_ms ?? 0))).toBeLessThan(0.1);
    }),
  );
});
