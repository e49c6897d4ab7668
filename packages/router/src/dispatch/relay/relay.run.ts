import type { Dispatcher } from "undici";
import type { ReplyTapReading } from "../../domain/reply.ts";
import type { ReplyTranslator } from "../../domain/translation.ts";
import type { AttemptResult } from "../attempt-result.ts";
import { classifyError } from "../classify-error.ts";
import { headerOf, relayedHeaders } from "../upstream-headers.ts";
import { answeredFault, type Fault } from "./answered-fault.ts";
import { ClientPace } from "./client-pace.ts";
import { endBroken } from "./end-broken.ts";
import { GatheredBody } from "./gathered-body.ts";
import { QuietWatch } from "./quiet-watch.run.ts";
import type { RelayParts } from "./relay-parts.ts";
import { isOpenStream, textsOf, usageOf } from "./reply-texts.ts";
import { endTranslation, translatedHeaders } from "./translated-reply.ts";

type BrokenClass = "stall" | "unreachable" | "node-fault" | "incomplete";

const CANCELLED = new Error("the client left");
const TOO_LONG = new Error("the error answer is too long to be held");
const NOT_ENDED = new Error("the node did not end its answer after the closing record");

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
  #held: GatheredBody | undefined;
  #isStream = false;
  #firstByteAt: number | undefined;
  readonly #client: ClientPace;
  #stallTimer: NodeJS.Timeout;
  readonly #quiet: QuietWatch;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#client = new ClientPace(parts.sink, () => this.#moved());
    this.#stallTimer = setTimeout(() => this.#endSilence(), parts.stallCapMs);
    this.#quiet = new QuietWatch(() => this.#endQuiet(), parts.quietMs);
  }

  /** The client has gone: ends the node's work at once. */
  cancel(): void {
    if (this.#isSettled) return;
    const firstByteAt = this.#firstByteAt;
    const reading = firstByteAt === undefined ? undefined : this.#parts.tap.end();
    if (firstByteAt !== undefined && reading?.isComplete === true && !this.#client.isBehind) {
      // It had everything: clients of OpenAI's API close right after the last record. The node may end in peace, but soon.
      this.#settleCompleted(reading);
      this.#quiet.heard();
      return;
    }
    this.#settle({ kind: "cancelled", firstByteAt, usage: reading === undefined ? undefined : usageOf(reading) });
    this.#abort(CANCELLED);
  }

  /** Ends the attempt from outside, for example because its node has vanished. */
  fail(failureClass: "stall" | "unreachable", detail: string): void {
    if (this.#isSettled) return;
    if (!this.#endWhole()) this.#settleLost({ failureClass, detail });
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
      this.#settleLost({ failureClass: "unreachable", detail: `gateway: ${mark}` });
    } else if (status >= 400) this.#held = new GatheredBody();
    else this.#isStream = isOpenStream(this.#headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isSettled) return;
    this.#moved();
    if (this.#held === undefined) this.#pass(chunk);
    else this.#hold(this.#held, chunk);
  }

  onResponseEnd(): void {
    this.#quiet.stop();
    if (this.#isSettled) return;
    if (this.#held !== undefined) {
      this.#settleAnswered(this.#held.bytes());
      return;
    }
    const { translator } = this.#parts;
    if (translator !== undefined && !this.#finish(translator)) return;
    if (this.#firstByteAt === undefined && !this.#mayBeEmpty()) {
      this.#settleLost({ failureClass: "incomplete", detail: "the answer ended before its first byte" });
      return;
    }
    if (this.#firstByteAt === undefined) this.#commit();
    this.#settleEnded();
  }

  /** The node ended its answer by itself. */
  #settleEnded(): void {
    const reading = this.#parts.tap.end();
    const isWhole = reading.isComplete || reading.mayEndHere === true || this.#mayBeEmpty();
    if (isWhole && reading.errorText === undefined) {
      this.#parts.sink.end();
      this.#settleCompleted(reading);
    } else if (reading.errorText === undefined)
      this.#settleBroken("incomplete", "the answer ended without its closing record", reading);
    else this.#settleBroken("node-fault", reading.errorText, reading);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#quiet.stop();
    if (this.#isSettled || this.#endWhole()) return;
    const fault = classifyError(error);
    if (this.#firstByteAt === undefined) this.#settleFailed({ failureClass: "unreachable", ...fault });
    else this.#settleBroken("node-fault", fault.detail);
  }

  /** A stream that has had its closing record is whole, however its connection ends. false when this one has not. */
  #endWhole(): boolean {
    if (!this.#isStream) return false;
    const { isComplete, errorText } = this.#parts.tap.end();
    if (!isComplete || errorText !== undefined) return false;
    this.onResponseEnd();
    return true;
  }

  /** The node has been quiet for a while: it does not end the connection of a reply that is over. */
  #endQuiet(): void {
    if (this.#isSettled || (!this.#client.isBehind && this.#endWhole())) this.#abort(NOT_ENDED);
  }

  #pass(chunk: Uint8Array): void {
    const { translator, tap } = this.#parts;
    const bytes = translator === undefined ? chunk : translator.translate(chunk);
    // Nothing of a translated reply leaves before it has a whole record.
    if (bytes.length > 0 && this.#firstByteAt === undefined) this.#commit();
    tap.observe(chunk);
    if (bytes.length > 0) this.#client.write(bytes, this.#controller);
  }

  /** The last bytes of a translated reply. false when the attempt has failed before its first byte. */
  #finish(translator: ReplyTranslator): boolean {
    const end = endTranslation(translator, this.#parts.tap);
    if (end.kind === "whole") {
      if (end.rest.length === 0) return true;
      if (this.#firstByteAt === undefined) this.#commit(end.rest.length);
      this.#client.write(end.rest, this.#controller);
      return true;
    }
    this.#settleLost(end);
    return false;
  }

  #moved(): void {
    if (this.#isSettled) return;
    this.#stallTimer.refresh();
    if (this.#isStream) this.#quiet.heard();
  }

  /** A longer error than may be held is relayed as it comes, or cut where its text is told in another dialect. */
  #hold(held: GatheredBody, chunk: Uint8Array): void {
    held.add(chunk);
    if (!held.isTooLong) return;
    if (this.#parts.toldInDialect !== undefined) {
      this.#settleAnswered(held.bytes());
      this.#abort(TOO_LONG);
      return;
    }
    this.#held = undefined;
    for (const part of held.chunks) this.#pass(part);
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
    if (this.#client.isBehind) this.#stallTimer.refresh();
    else this.fail("stall", `no byte for ${this.#parts.stallCapMs / 1000} s`);
  }

  /** The node answered with an error of its own. */
  #settleAnswered(body: Uint8Array): void {
    const answer = { status: this.#status, headers: this.#headers, body };
    this.#settleFailed(answeredFault(answer, this.#parts.toldInDialect));
  }

  /** The node's fault, before or after the first byte. */
  #settleLost({ failureClass, detail }: { readonly failureClass: BrokenClass; readonly detail: string }): void {
    if (this.#firstByteAt === undefined) this.#settleFailed({ failureClass, detail, isRefused: false });
    else this.#settleBroken(failureClass, detail);
  }

  #settleFailed(fault: Fault): void {
    const status = this.#status === 0 ? undefined : this.#status;
    this.#settle({ kind: "failed", ...fault, answer: fault.answer, status });
  }

  #settleCompleted(reading: ReplyTapReading): void {
    const firstByteAt = this.#firstByteAt ?? 0;
    this.#settle({ kind: "completed", status: this.#status, firstByteAt, usage: usageOf(reading) });
  }

  #settleBroken(failureClass: BrokenClass, detail: string, reading = this.#parts.tap.end()): void {
    endBroken(this.#parts, { reading, detail, isFramedByLength: this.#isFramedByLength() });
    const firstByteAt = this.#firstByteAt ?? 0;
    this.#settle({ kind: "broken", failureClass, detail, firstByteAt, usage: usageOf(reading) });
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
    this.#quiet.stop();
    this.#parts.settle(result);
  }

  #abort(reason: Error): void {
    this.#abortReason = reason;
    this.#controller?.abort(reason);
  }
}
