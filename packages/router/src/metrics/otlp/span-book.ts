import { type TraceParent, traceParentOf, withoutTrace, withTraceParent } from "./trace-parent.ts";

/** The spans of one request. */
export interface RequestSpanIds {
  readonly traceId: string;
  /** The router's own span of the request. */
  readonly spanId: string;
  /** The caller's span; undefined where the trace begins here. */
  readonly parent: TraceParent | undefined;
  /** One for each call of a node, in the order of the calls. */
  readonly calls: readonly string[];
}

/** What giving out ids needs from outside. */
export interface SpanBookDependencies {
  /** Random bytes as hexadecimal digits. */
  readonly randomHex: (bytes: number) => string;
  /** A number from 0 to 1. */
  readonly random: () => number;
  /** Spans are sent somewhere. */
  readonly isOn: () => boolean;
  /** Share of the requests without a traceparent of which spans are sent, percent. */
  readonly samplePct: () => number;
}

interface Entry {
  readonly ids: Omit<RequestSpanIds, "calls"> | undefined;
  readonly calls: string[];
}

/** Requests whose end nobody tells, such as pulls: beyond these the oldest is forgotten. */
const MOST_OPEN = 10_000;

/**
 * Gives out the ids of spans. A node must hear of its caller's span before that has ended, so the ids are made when a call is
 * sent and wait here for the end of the request.
 */
export class SpanBook {
  readonly #dependencies: SpanBookDependencies;
  readonly #open = new Map<string, Entry>();

  constructor(dependencies: SpanBookDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * The headers that a node gets. A malformed `traceparent` goes no further, and its `tracestate` neither. A sound one is
   * passed on unchanged where no spans are sent or the trace is not sampled; else the router's call is the node's parent.
   */
  onward(headers: string[], requestId: string): string[] {
    const parent = traceParentOf(headers);
    const sound = parent === "malformed" ? withoutTrace(headers) : headers;
    if (!this.#dependencies.isOn()) return sound;
    const { ids, calls } = this.#entryOf(requestId, parent);
    if (ids === undefined) return sound;
    const spanId = this.#dependencies.randomHex(8);
    calls.push(spanId);
    return withTraceParent(sound, { traceId: ids.traceId, spanId, isSampled: true });
  }

  /** The ids of a request that has ended; undefined where it is not sampled. They are forgotten then. */
  take(requestId: string, headers: readonly string[]): RequestSpanIds | undefined {
    if (!this.#dependencies.isOn()) return undefined;
    const { ids, calls } = this.#entryOf(requestId, traceParentOf(headers));
    this.#open.delete(requestId);
    return ids === undefined ? undefined : { ...ids, calls };
  }

  #entryOf(requestId: string, parent: TraceParent | "absent" | "malformed"): Entry {
    const known = this.#open.get(requestId);
    if (known !== undefined) return known;
    const entry = { ids: this.#idsFor(typeof parent === "string" ? undefined : parent), calls: [] };
    this.#open.set(requestId, entry);
    if (this.#open.size > MOST_OPEN) this.#forgetOldest();
    return entry;
  }

  #idsFor(parent: TraceParent | undefined): Entry["ids"] {
    const { random, randomHex, samplePct } = this.#dependencies;
    const isSampled = parent?.isSampled ?? random() * 100 < samplePct();
    if (!isSampled) return undefined;
    return { traceId: parent?.traceId ?? randomHex(16), spanId: randomHex(8), parent };
  }

  #forgetOldest(): void {
    for (const oldest of this.#open.keys()) {
      this.#open.delete(oldest);
      return;
    }
  }
}
