import type { NodeId } from "@herd/shared";
import type { Dispatcher } from "undici";
import type { BackendRoute } from "../domain/fleet-snapshot.ts";
import type { ReplySink } from "../domain/reply.ts";
import type { AttemptDependencies } from "./attempt.run.ts";
import type { HeldAnswer } from "./attempt-result.ts";
import { classifyError } from "./classify-error.ts";
import { joined, textsOf } from "./relay/reply-texts.ts";
import { headerOf, relayedHeaders } from "./upstream-headers.ts";

/** What calls need from outside. */
export interface NodeCallDependencies
  extends Pick<AttemptDependencies, "pools" | "running" | "signCall" | "stallCapMs"> {
  /** Told how many bytes of a streamed body have passed. */
  readonly notePassed?: ((bytes: number) => void) | undefined;
}

/** One call of any method to one node. */
export interface NodeCallOrder {
  readonly node: NodeId;
  readonly route: BackendRoute;
  readonly method: "GET" | "HEAD" | "POST" | "DELETE";
  /** Path and query at the backend. */
  readonly path: string;
  /** Name, value, name, value … */
  readonly headers: readonly string[];
  /** A stream is passed on piece by piece, as fast as the node takes it, and is never held. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** Longest silence of the node, ms; the stall cap when absent. While a stream is being sent it does not count. */
  readonly silenceMs?: number;
  /**
   * Where the body of an answer goes as it comes; the receiver has begun its own answer then. An answer for which there is
   * none is held whole.
   */
  readonly relayTo?: (head: Pick<HeldAnswer, "status" | "headers">) => ReplySink | undefined;
}

/** How a call ended. */
export type NodeCallResult =
  | ({ readonly kind: "answered" } & HeldAnswer)
  /** The body went where it was to go; `isWhole` is false when it was cut. */
  | { readonly kind: "relayed"; readonly status: number; readonly isWhole: boolean }
  | FailedNodeCall
  | { readonly kind: "cancelled" };

/** No whole answer came. */
export interface FailedNodeCall {
  readonly kind: "failed";
  readonly detail: string;
  /** Nothing of the request's body was taken, so it can be sent to another node. */
  readonly isUntouched: boolean;
}

/** A running call. */
export interface RunningNodeCall {
  readonly result: Promise<NodeCallResult>;
  /** Nobody waits for the answer any more: the node hears of it at once. */
  readonly cancel: () => void;
}

/** Answers that are held may be this long, bytes. */
const LONGEST_HELD_ANSWER = 1 << 20;

/** Starts a call. Never rejects; ends at the latest when the node is known to have vanished. */
export function callNode(dependencies: NodeCallDependencies, order: NodeCallOrder): RunningNodeCall {
  const { pools, running, signCall, stallCapMs } = dependencies;
  const { node, route, method, body } = order;
  const path = route.prefix + order.path;
  const { promise, resolve } = Promise.withResolvers<NodeCallResult>();
  const { notePassed } = dependencies;
  const call = new NodeCall({ ...order, silenceMs: order.silenceMs ?? stallCapMs, notePassed }, resolve);
  const forget = running.add(node, (detail) => call.fail(detail));
  const headers = [...order.headers, ...signCall(node, { method, path })];
  try {
    pools.of(route.origin).dispatch({ method, path, headers, body: bodyFor(call, body) }, call);
  } catch (cause) {
    // A call that cannot even be made, for example to an address that is none.
    call.fail(cause instanceof Error ? cause.message : String(cause));
  }
  return { result: promise.finally(forget), cancel: () => call.cancel() };
}

/** The client library takes any async iterable of bytes; only its type declarations ask for more. */
const bodyFor = (call: NodeCall, body: NodeCallOrder["body"]): Buffer | null => {
  if (body === undefined) return null;
  return (body instanceof Uint8Array ? body : call.watch(body)) as unknown as Buffer;
};

type TimedOrder = NodeCallOrder & Pick<NodeCallDependencies, "notePassed"> & { readonly silenceMs: number };

class NodeCall implements Dispatcher.DispatchHandler {
  readonly #order: TimedOrder;
  readonly #settle: (result: NodeCallResult) => void;
  #isSettled = false;
  #hasTaken = false;
  #isSourceLost = false;
  #controller: Dispatcher.DispatchController | undefined;
  #abortReason: Error | undefined;
  #head: Pick<HeldAnswer, "status" | "headers"> | undefined;
  #sink: ReplySink | undefined;
  #isClientBehind = false;
  readonly #held: Uint8Array[] = [];
  #heldBytes = 0;
  #silenceTimer: NodeJS.Timeout | undefined;

  constructor(order: TimedOrder, settle: (result: NodeCallResult) => void) {
    this.#order = order;
    this.#settle = settle;
    if (order.body === undefined || order.body instanceof Uint8Array) this.#startTimer();
  }

  /** The pieces of a streamed body, with an eye on how far it has come. */
  async *watch(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of source) {
        this.#hasTaken = true;
        yield piece;
        this.#order.notePassed?.(piece.length);
      }
    } catch (cause) {
      this.#isSourceLost = true;
      throw cause;
    }
    if (!this.#isSettled) this.#startTimer();
  }

  cancel(): void {
    this.#end({ kind: "cancelled" }, new Error("the client left"));
  }

  fail(detail: string): void {
    if (this.#isSettled) return;
    this.#sink?.destroy();
    this.#end(this.#failure(detail), new Error(detail));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#abortReason !== undefined) controller.abort(this.#abortReason);
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200 || this.#isSettled) return;
    const raw = textsOf(controller.rawHeaders);
    const mark = headerOf(raw, "x-herd-gateway");
    if (mark !== undefined) {
      this.fail(`its gateway says: ${mark}`);
      return;
    }
    this.#head = { status, headers: relayedHeaders(raw) };
    this.#sink = this.#order.relayTo?.(this.#head);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isSettled) return;
    this.#silenceTimer?.refresh();
    if (this.#sink === undefined) this.#hold(chunk);
    else if (!this.#sink.write(chunk)) this.#waitForClient(controller, this.#sink);
  }

  onResponseEnd(): void {
    const head = this.#head;
    if (head === undefined) this.fail("it ended without an answer");
    else if (this.#sink === undefined) this.#end({ kind: "answered", ...head, body: joined(this.#held) });
    else {
      this.#sink.end();
      this.#end({ kind: "relayed", status: head.status, isWhole: true });
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isSourceLost) this.cancel();
    else this.fail(classifyError(error).detail);
  }

  #hold(chunk: Uint8Array): void {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > LONGEST_HELD_ANSWER) this.fail(`its answer is longer than ${LONGEST_HELD_ANSWER} bytes`);
  }

  #waitForClient(controller: Dispatcher.DispatchController, sink: ReplySink): void {
    if (this.#isClientBehind) return;
    this.#isClientBehind = true;
    controller.pause();
    sink.onDrain(() => {
      this.#isClientBehind = false;
      this.#silenceTimer?.refresh();
      controller.resume();
    });
  }

  #startTimer(): void {
    const { silenceMs } = this.#order;
    this.#silenceTimer = setTimeout(() => this.fail(`it said nothing for ${silenceMs / 1000} s`), silenceMs);
  }

  #failure(detail: string): NodeCallResult {
    const { status } = this.#head ?? {};
    if (this.#sink !== undefined && status !== undefined) return { kind: "relayed", status, isWhole: false };
    return { kind: "failed", detail, isUntouched: !this.#hasTaken };
  }

  #end(result: NodeCallResult, abortReason?: Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    clearTimeout(this.#silenceTimer);
    this.#settle(result);
    if (abortReason === undefined) return;
    this.#abortReason = abortReason;
    this.#controller?.abort(abortReason);
  }
}
