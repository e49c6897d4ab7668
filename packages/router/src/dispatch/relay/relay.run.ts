import type { Dispatcher } from "undici";
import type { ReplyTapReading } from "../../domain/reply.ts";
import type { ReplyTranslator } from "../../domain/translation.ts";
import type { AttemptResult, HeldAnswer } from "../attempt-result.ts";
import { classifyAnswer } from "../classify-answer.ts";
import { classifyError } from "../classify-error.ts";
import { headerOf, relayedHeaders } from "../upstream-headers.ts";
import type { RelayParts } from "./relay-parts.ts";
import { detailOf, joined, textsOf, usageOf } from "./reply-texts.ts";
import { endTranslation, translatedHeaders } from "./translated-reply.ts";

type BrokenClass = "stall" | "unreachable" | "node-fault" | "incomplete";

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
      this.#settleCompleted(reading);
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
    const { translator } = this.#parts;
    if (translator !== undefined && !this.#finish(translator)) return;
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
      this.#settleCompleted(reading);
    } else if (reading.errorText === undefined)
      this.#settleBroken("incomplete", "the answer ended without its closing record", reading);
    else this.#settleBroken("node-fault", reading.errorText, reading);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isSettled) return;
    const fault = classifyError(error);
    if (this.#firstByteAt === undefined) this.#settleFailed({ failureClass: "unreachable", ...fault });
    else this.#settleBroken("node-fault", fault.detail);
  }

  #pass(chunk: Uint8Array): void {
    const { translator, tap } = this.#parts;
    const bytes = translator === undefined ? chunk : translator.translate(chunk);
    // Nothing of a translated reply leaves before it has a whole record.
    if (bytes.length > 0 && this.#firstByteAt === undefined) this.#commit();
    tap.observe(chunk);
    if (bytes.length > 0) this.#write(bytes);
  }

  /** The last bytes of a translated reply. false when the attempt has failed before its first byte. */
  #finish(translator: ReplyTranslator): boolean {
    const end = endTranslation(translator, this.#parts.tap);
    if (end.kind === "whole") {
      if (end.rest.length === 0) return true;
      if (this.#firstByteAt === undefined) this.#commit(end.rest.length);
      this.#write(end.rest);
      return true;
    }
    const { failureClass, detail } = end;
    if (this.#firstByteAt === undefined) this.#settleFailed({ failureClass, detail, isRefused: false });
    else this.#settleBroken(failureClass, detail);
    return false;
  }

  #write(bytes: Uint8Array): void {
    if (this.#parts.sink.write(bytes) || this.#isClientBehind) return;
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

  /** @param length the whole of a translated reply, where it is known */
  #commit(length?: number): void {
    this.#firstByteAt = this.#parts.now();
    this.#parts.onFirstByte();
    const { translator } = this.#parts;
    const headers = translator === undefined ? relayedHeaders(this.#headers) : translatedHeaders(translator, length);
    headers.push(...this.#parts.ownHeaders());
    this.#parts.sink.begin({ status: this.#status, headers });
  }

  /** Nothing moved for too long: the node's doing, or that of a client that takes nothing any more. */
  #endSilence(): void {
    // A client that takes nothing any more is ended by whoever writes to it.
    if (this.#isClientBehind) this.#stallTimer.refresh();
    else this.fail("stall", `no byte for ${this.#parts.stallCapMs / 1000} s`);
  }

  /** The node answered with an error of its own. */
  #settleAnswered(body: Uint8Array): void {
    const text = new TextDecoder().decode(body.subarray(0, 4096));
    const own: HeldAnswer = { status: this.#status, headers: relayedHeaders(this.#headers), body };
    const answer = this.#parts.toldInDialect?.(own) ?? own;
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

  #settleCompleted(reading: ReplyTapReading): void {
    const firstByteAt = this.#firstByteAt ?? 0;
    this.#settle({ kind: "completed", status: this.#status, firstByteAt, usage: usageOf(reading) });
  }

  /**
   * A begun reply cannot be finished: says so in its own grammar, or cuts it where only a cut is honest. Where the node told
   * the error inside the stream the client has it already; an OpenAI stream of Ollama tells it as an empty chunk and stops.
   */
  #settleBroken(failureClass: BrokenClass, detail: string, reading = this.#parts.tap.end()): void {
    if (reading.errorText !== undefined && reading.isErrorVisible) this.#parts.sink.end();
    else this.#endBroken(reading, detail);
    const firstByteAt = this.#firstByteAt ?? 0;
    this.#settle({ kind: "broken", failureClass, detail, firstByteAt, usage: usageOf(reading) });
  }

  #endBroken(reading: ReplyTapReading, detail: string): void {
    const told = { ...reading, nextSequence: this.#parts.translator?.nextSequence?.() ?? reading.nextSequence };
    const record = this.#isFramedByLength() ? undefined : this.#parts.failureRecord(told, detail);
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
    return this.#parts.translator === undefined && headerOf(this.#headers, "content-length") !== undefined;
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
