import type { ReplySink } from "../../domain/reply.ts";
import { errorTextOf, parseObject } from "../tap/record.ts";
import { encodeStreamError } from "./encode-error.ts";

/** The head of an answer, as a sink takes it. */
type Head = Parameters<ReplySink["begin"]>[0];

/** What pinging needs from outside. */
export interface PingParts {
  /** The router's id of the request. */
  readonly requestId: string;
  /** Whether the client asked for a stream; asked when the first ping is due. */
  readonly isStream: () => boolean;
  /** Calls back once after so many ms; what it returns takes that back. */
  readonly startTimer: (call: () => void, ms: number) => () => void;
  readonly newErrorId: () => string;
}

/** A client that has heard nothing for so long is told that its answer is on its way, and again after as long, ms. */
export const PING_INTERVAL_MS = 10_000;

const PING = Buffer.from('event: ping\ndata: {"type":"ping"}\n\n');

/** Of an error answer that has to become an event, bytes beyond this are dropped. */
const MOST_ERROR_BYTES = 64 * 1024;

/**
 * The client's side of a streamed answer that begins with pings when the node takes its time. The first ping sends the head
 * of an event stream, so that what comes later can only be events: an error answer becomes an `error` event, and headers
 * that tell of the attempt cannot be sent any more. An answer that begins in time passes as it is, and no ping follows.
 */
export class PingingSink implements ReplySink {
  readonly #sink: ReplySink;
  readonly #parts: PingParts;
  #cancelTimer: (() => void) | undefined;
  #hasPinged = false;
  #isClientBehind = false;
  /** The status and the bytes of an answer that becomes an event. */
  #told: { readonly status: number; readonly pieces: Uint8Array[]; size: number } | undefined;

  constructor(sink: ReplySink, parts: PingParts) {
    this.#sink = sink;
    this.#parts = parts;
    this.#startTimer();
  }

  /** Sends no further ping: the answer begins, or the client has gone. */
  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  begin(head: Head): void {
    this.stop();
    if (!this.#hasPinged) this.#sink.begin(head);
    else if (!isEventStream(head)) this.#told = { status: head.status, pieces: [], size: 0 };
  }

  write(chunk: Uint8Array): boolean {
    const told = this.#told;
    if (told === undefined) return this.#sink.write(chunk);
    const room = MOST_ERROR_BYTES - told.size;
    if (room > 0) told.pieces.push(chunk.subarray(0, room));
    told.size += chunk.length;
    return true;
  }

  onDrain(resume: () => void): void {
    this.#sink.onDrain(resume);
  }

  end(): void {
    this.stop();
    if (this.#told !== undefined) this.#sink.write(Buffer.from(this.#errorEvent(this.#told)));
    this.#sink.end();
  }

  destroy(): void {
    this.stop();
    this.#sink.destroy();
  }

  #startTimer(): void {
    this.#cancelTimer = this.#parts.startTimer(() => this.#ping(), PING_INTERVAL_MS);
  }

  #ping(): void {
    if (!this.#hasPinged && !this.#parts.isStream()) return;
    if (!this.#hasPinged) this.#sink.begin({ status: 200, headers: this.#headers() });
    this.#hasPinged = true;
    this.#startTimer();
    // A client that takes nothing gets no heap of pings.
    if (this.#isClientBehind || this.#sink.write(PING)) return;
    this.#isClientBehind = true;
    this.#sink.onDrain(() => {
      this.#isClientBehind = false;
    });
  }

  #headers(): readonly string[] {
    return ["Content-Type", "text/event-stream", "Cache-Control", "no-cache", "X-Request-Id", this.#parts.requestId];
  }

  /** An error that speaks the dialect is told in its own words. */
  #errorEvent({ status, pieces }: { readonly status: number; readonly pieces: readonly Uint8Array[] }): string {
    const text = new TextDecoder().decode(Buffer.concat(pieces)).trim();
    const answer = parseObject(text);
    // Line ends are blanks between the parts of a JSON text, but would end the event's line.
    if (answer?.["type"] === "error") return `event: error\ndata: ${text.replaceAll(/[\r\n]+/g, " ")}\n\n`;
    const told = status < 400 ? "" : errorTextOf(answer) || text;
    const message = told || `the node answered with status ${status} and no event stream`;
    return encodeStreamError("", { status, message, requestId: this.#parts.newErrorId() });
  }
}

const isEventStream = ({ status, headers }: Head): boolean => {
  const at = headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === "content-type");
  return status < 400 && at !== -1 && (headers[at + 1] ?? "").startsWith("text/event-stream");
};
