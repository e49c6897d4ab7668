import type { Dispatcher } from "undici";
import type { ReplySink, ReplyTap, ReplyTapReading } from "../domain/reply.ts";
import type { AttemptResult, HeldAnswer } from "./attempt-result.ts";
import { classifyAnswer } from "./classify-answer.ts";
import { classifyError } from "./classify-error.ts";
import { detailOf, joined, textsOf, usageOf } from "./reply-texts.ts";
import { headerOf, relayedHeaders } from "./upstream-headers.ts";

/** What a relay needs beside the call. */
export interface RelayParts {
  readonly sink: ReplySink;
  readonly tap: ReplyTap;
  /** ms on the monotonic clock. */
  readonly now: () => number;
  /** Headers of ours, asked for when the head is about to leave. */
  readonly ownHeaders: () => readonly string[];
  readonly onFirstByte: () => void;
  /** The record in the client's dialect that tells a failure inside a begun reply; undefined where only a cut is honest. */
  readonly failureRecord: (reading: ReplyTapReading, detail: string) => string | undefined;
  /** No byte for this long ends the attempt, ms. */
  readonly stallCapMs: number;
  readonly settle: (result: AttemptResult) => void;
}

/** Error answers are held up to this size; a longer one is relayed as it comes. */
const LONGEST_HELD_ANSWER = 1 << 20;

const CANCELLED = new Error("the client left");

/**
 * Relays one reply from a node to the client, byte by byte as it comes. Until the first body byte nothing has left, so the
 * attempt can be replaced by another; error answers are held whole for the same reason. Settles exactly once.
 */
export class Relay implements Dispatcher.DispatchHandler {
  readonly #parts: RelayParts;
  #controller: Dispatcher.DispatchController | undefined;
  #abortReason: Error | undefined;
  #isSettled = false;
  #status = 0;
  #headers: readonly string[] = [];
  #held: Uint8Array[] | undefined;
  #heldBytes = 0;
  #firstByteAt: number | undefined;
  #isClientBehind = false;
  #stallTimer: NodeJS.Timeout;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#stallTimer = setTimeout(() => this.#endSilence(), parts.stallCapMs);
  }

  /** The client has gone: ends the node's work at once. */
  cancel(): void {
    if (this.#isSettled) return;
    const firstByteAt = this.#firstByteAt;
    const reading = firstByteAt === undefined ? undefined : this.#parts.tap.end();
    if (firstByteAt !== undefined && reading?.isComplete === true && !this.#isClientBehind) {
      // It had everything: clients of OpenAI's API close right after the last record. The node's connection may end in peace.
      this.#settle({ kind: "completed", status: this.#status, firstByteAt, usage: usageOf(reading) });
      return;
    }
    this.#settle({ kind: "cancelled", firstByteAt, usage: reading === undefined ? undefined : usageOf(reading) });
    this.#abort(CANCELLED);
  }

  /** Ends the attempt from outside, for example because its node has vanished. */
  fail(failureClass: "stall" | "unreachable", detail: string): void {
    if (this.#isSettled) return;
    if (this.#firstByteAt === undefined) this.#settleFailed({ failureClass, detail, isRefused: false });
    else this.#settleBroken(failureClass, detail);
    this.#abort(new Error(detail));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#abortReason !== undefined) controller.abort(this.#abortReason);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = textsOf(controller.rawHeaders);
    const mark = headerOf(this.#headers, "x-herd-gateway");
    if (mark !== undefined) {
      this.#settleFailed({ failureClass: "unreachable", detail: `gateway: ${mark}`, isRefused: false });
    } else if (status >= 400) this.#held = [];
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isSettled) return;
    this.#stallTimer.refresh();
    if (this.#held === undefined) this.#pass(chunk);
    else this.#hold(this.#held, chunk);
  }

  onResponseEnd(): void {
    if (this.#isSettled) return;
    if (this.#held !== undefined) {
      this.#settleAnswered(joined(this.#held));
      return;
    }
    if (this.#firstByteAt === undefined && !this.#mayBeEmpty()) {
      const detail = "the answer ended before its first byte";
      this.#settleFailed({ failureClass: "incomplete", detail, isRefused: false });
      return;
    }
    if (this.#firstByteAt === undefined) this.#commit();
    this.#settleEnded();
  }

  /** The node ended its answer by itself. */
  #settleEnded(): void {
    const reading = this.#parts.tap.end();
    const isWhole = reading.isComplete || this.#mayBeEmpty();
    if (isWhole && reading.errorText === undefined) {
      this.#parts.sink.end();
      this.#settle({
        kind: "completed",
        status: this.#status,
        firstByteAt: this.#firstByteAt ?? 0,
        usage: usageOf(reading),
      });
    } else if (reading.errorText === undefined)
      this.#settleBroken("incomplete", "the answer ended without its closing record");
    else this.#settleToldError(reading, reading.errorText);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isSettled) return;
    const fault = classifyError(error);
    if (this.#firstByteAt === undefined) this.#settleFailed({ failureClass: "unreachable", ...fault });
    else this.#settleBroken("node-fault", fault.detail);
  }

  #pass(chunk: Uint8Array): void {
    if (this.#firstByteAt === undefined) this.#commit();
    this.#parts.tap.observe(chunk);
    if (this.#parts.sink.write(chunk) || this.#isClientBehind) return;
    const controller = this.#controller;
    if (controller === undefined) return;
    controller.pause();
    this.#isClientBehind = true;
    this.#parts.sink.onDrain(() => {
      this.#isClientBehind = false;
      this.#stallTimer.refresh();
      controller.resume();
    });
  }

  #hold(held: Uint8Array[], chunk: Uint8Array): void {
    held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes <= LONGEST_HELD_ANSWER) return;
    this.#held = undefined;
    for (const part of held) this.#pass(part);
  }

  #commit(): void {
    this.#firstByteAt = this.#parts.now();
    this.#parts.onFirstByte();
    const headers = relayedHeaders(this.#headers);
    headers.push(...this.#parts.ownHeaders());
    this.#parts.sink.begin({ status: this.#status, headers });
  }

  /** Nothing moved for too long: the node's doing, or that of a client that takes nothing any more. */
  #endSilence(): void {
    if (this.#isClientBehind) {
      this.#parts.sink.destroy();
      this.cancel();
    } else this.fail("stall", `no byte for ${this.#parts.stallCapMs / 1000} s`);
  }

  /** The node answered with an error of its own. */
  #settleAnswered(body: Uint8Array): void {
    const text = new TextDecoder().decode(body.subarray(0, 4096));
    const answer: HeldAnswer = { status: this.#status, headers: relayedHeaders(this.#headers), body };
    const failureClass = classifyAnswer({ status: this.#status, text });
    this.#settleFailed({ failureClass, detail: detailOf(this.#status, text), isRefused: false, answer });
  }

  #settleFailed(fault: {
    readonly failureClass: Extract<AttemptResult, { kind: "failed" }>["failureClass"];
    readonly detail: string;
    readonly isRefused: boolean;
    readonly answer?: HeldAnswer;
  }): void {
    const status = this.#status === 0 ? undefined : this.#status;
    this.#settle({ kind: "failed", ...fault, answer: fault.answer, status });
  }

  /** A begun reply cannot be finished: says so in its own grammar, or cuts it where only a cut is honest. */
  #settleBroken(failureClass: "stall" | "unreachable" | "node-fault" | "incomplete", detail: string): void {
    const reading = this.#parts.tap.end();
    this.#endBroken(reading, detail);
    this.#settle({
      kind: "broken",
      failureClass,
      detail,
      firstByteAt: this.#firstByteAt ?? 0,
      usage: usageOf(reading),
    });
  }

  /** The node itself told the error inside the stream; an OpenAI stream of Ollama tells it as an empty chunk and stops. */
  #settleToldError(reading: ReplyTapReading, detail: string): void {
    if (reading.isErrorVisible) this.#parts.sink.end();
    else this.#endBroken(reading, detail);
    this.#settle({
      kind: "broken",
      failureClass: "node-fault",
      detail,
      firstByteAt: this.#firstByteAt ?? 0,
      usage: usageOf(reading),
    });
  }

  #endBroken(reading: ReplyTapReading, detail: string): void {
    const record = this.#isFramedByLength() ? undefined : this.#parts.failureRecord(reading, detail);
    if (record === undefined) {
      this.#parts.sink.destroy();
      return;
    }
    this.#parts.sink.write(Buffer.from(record));
    this.#parts.sink.end();
  }

  /** Its end needs no closing record: it has its length, or no body at all. */
  #mayBeEmpty(): boolean {
    return this.#isFramedByLength() || this.#status === 204 || this.#status === 304;
  }

  #isFramedByLength(): boolean {
    return headerOf(this.#headers, "content-length") !== undefined;
  }

  #settle(result: AttemptResult): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#stallTimer);
    this.#parts.settle(result);
  }

  #abort(reason: Error): void {
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }
}
