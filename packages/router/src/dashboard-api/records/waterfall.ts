/** Where the time of a request went, from what its row and its attempts tell. Times are ms from its arrival. */
import type { TraceView } from "@herd/shared";
import type { Segment, StoredAttempt, Waterfall } from "./trace-shapes.ts";

/** What a waterfall is drawn from. */
type Timed = Pick<
  TraceView,
  | "timestamp"
  | "latency_ms"
  | "queue_wait_ms"
  | "time_to_first_token_ms"
  | "load_ms"
  | "prefill_ms"
  | "decode_ms"
  | "is_stream"
  | "node_id"
>;
type TimedAttempt = Pick<StoredAttempt, "attempt" | "node_id" | "started_at" | "ended_ms" | "first_byte_ms">;

/** Segments without a gap from arrival to end; the parts of the last attempt where they are known. */
export function waterfallOf(trace: Timed, attempts: readonly TimedAttempt[]): Waterfall {
  const total = Math.max(0, trace.latency_ms ?? 0);
  const arrivedAt = trace.timestamp - total / 1000;
  const pen = new Pen(total, trace.queue_wait_ms ?? 0);
  const all = attempts.length > 0 ? attempts : supposedAttempt(trace, arrivedAt);
  for (const attempt of all) {
    const start = pen.within((attempt.started_at - arrivedAt) * 1000);
    pen.waitUntil(start, attempt.attempt);
    const end = pen.within(start + (attempt.ended_ms ?? total));
    pen.addAttempt(attempt, end);
    if (attempt === all.at(-1)) pen.addParts(partsOf(trace, attempt, end - start), { attempt, start });
  }
  pen.waitUntil(total, null);
  return { arrived_at: arrivedAt, total_ms: rounded(total), segments: pen.segments };
}

/** The predecessor's rows have no attempts, only a node and when it began to answer. */
function supposedAttempt(trace: Timed, arrivedAt: number): readonly TimedAttempt[] {
  const { node_id, time_to_first_token_ms: firstByte, queue_wait_ms: wait } = trace;
  if (node_id === "") return [];
  const started_at = arrivedAt + (wait ?? 0) / 1000;
  return [
    {
      attempt: 1,
      node_id,
      started_at,
      ended_ms: null,
      first_byte_ms: firstByte === null ? null : firstByte - (wait ?? 0),
    },
  ];
}

interface Part {
  readonly name: Segment["name"];
  readonly duration: number;
}

/** What the node told of itself, laid out in the order in which it happens; nothing is longer than what it is part of. */
function partsOf(trace: Timed, { first_byte_ms }: TimedAttempt, duration: number): readonly Part[] {
  if (first_byte_ms === null) return [];
  const firstByte = Math.min(Math.max(0, first_byte_ms), duration);
  const load = Math.min(trace.load_ms ?? 0, firstByte);
  const prefill = Math.min(trace.prefill_ms ?? 0, firstByte - load);
  // A reply in one piece is written whole before its first byte.
  const isWhole = trace.is_stream === false;
  const decode = isWhole ? Math.min(trace.decode_ms ?? 0, firstByte - load - prefill) : 0;
  return [
    { name: "connect", duration: firstByte - load - prefill - decode },
    { name: "load", duration: load },
    { name: "prefill", duration: prefill },
    { name: "decode", duration: decode },
    { name: isWhole || trace.decode_ms === null ? "stream" : "decode", duration: duration - firstByte },
  ];
}

/** Shorter ones are noise of clocks, ms. */
const LEAST_MS = 0.0005;

const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;

class Pen {
  readonly segments: Segment[] = [];
  readonly #total: number;
  #at = 0;
  #waitLeft: number;

  constructor(total: number, wait: number) {
    this.#total = total;
    this.#waitLeft = wait;
  }

  /** A time brought to between here and the end. */
  within(time: number): number {
    return Math.min(Math.max(time, this.#at), this.#total);
  }

  /** The router's own time, then waiting for a slot, as far as the row tells that it waited. */
  waitUntil(time: number, attempt: number | null): void {
    const wait = attempt === null && this.segments.length > 0 ? 0 : Math.min(this.#waitLeft, time - this.#at);
    this.#waitLeft -= wait;
    this.#add("router", { attempt, node_id: null }, time - wait);
    this.#add("queue", { attempt, node_id: null }, time);
  }

  addAttempt({ attempt, node_id }: TimedAttempt, end: number): void {
    this.#add("attempt", { attempt, node_id }, end);
  }

  addParts(
    parts: readonly Part[],
    { attempt, start }: { readonly attempt: TimedAttempt; readonly start: number },
  ): void {
    let at = start;
    for (const { name, duration } of parts) {
      const place = { attempt: attempt.attempt, node_id: attempt.node_id, is_part: true };
      if (duration >= LEAST_MS)
        this.segments.push({ name, ...place, start_ms: rounded(at), duration_ms: rounded(duration) });
      at += duration;
    }
  }

  #add(name: Segment["name"], whose: Pick<Segment, "attempt" | "node_id">, end: number): void {
    const duration = end - this.#at;
    if (duration >= LEAST_MS || name === "attempt")
      this.segments.push({
        name,
        ...whose,
        is_part: false,
        start_ms: rounded(this.#at),
        duration_ms: rounded(Math.max(0, duration)),
      });
    this.#at = Math.max(this.#at, end);
  }
}
