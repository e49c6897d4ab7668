import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { PortionOrder } from "../../storage/retention/portion.ts";
import type { DeletingBeside, PortionEnd } from "../../storage/retention/retention.ts";
import type { TraceInput } from "../trace-input.ts";
import { packTrace } from "./packed-trace.ts";
import type { ThreadAnswer, ThreadOrder, ThreadStart } from "./thread-orders.ts";

/** A thread that writes rows and deletes old ones, so that the one that relays streams never waits for a disk. */
export interface TraceThread extends DeletingBeside {
  /** False until it has started, which asking for the first time sets going, and once it has broken down: rows must be written otherwise. */
  isUsable(): boolean;
  /**
   * Hands requests over, one lot at a time, while it is usable. `onEnd` is called once, mostly later: true when all of them
   * are on disk, false when none is.
   */
  write(traces: readonly TraceInput[], onEnd: (isWritten: boolean) => void): void;
  /** Waits, without letting anything else run, for what is under way, and ends the thread. Longest wait in ms. */
  close(longestMs: number): void;
}

/** What the thread is started with. */
export interface TraceThreadOptions {
  /** The thread's program: `write-rows-worker` of this folder. */
  readonly program: URL;
  /** The database file, which has its tables already. */
  readonly path: string;
  /** Told once, when the thread breaks down. */
  readonly onBreakdown: (error: unknown) => void;
}

/** Memory for the thread, MiB: a lot is well under one. */
const LIMITS = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 };

/** Prepares a thread; it is started when it is first asked for, so that an idle router is spared its memory. */
export function createTraceThread(options: TraceThreadOptions): TraceThread {
  return new LazyThread(options);
}

class LazyThread implements TraceThread {
  readonly #options: TraceThreadOptions;
  readonly #answers = new Int32Array(new SharedArrayBuffer(4));
  #port: MessagePort | undefined;
  #worker: Worker | undefined;
  #isReady = false;
  #isBroken = false;
  #isClosed = false;
  /** Who waits for an answer, in the order of the orders. */
  readonly #waiting: ((answer: ThreadAnswer) => void)[] = [];

  constructor(options: TraceThreadOptions) {
    this.#options = options;
  }

  isUsable(): boolean {
    if (this.#isBroken || this.#isClosed) return false;
    this.#wakeUp();
    return this.#isReady;
  }

  write(traces: readonly TraceInput[], onEnd: (isWritten: boolean) => void): void {
    this.#send(
      () => ({ kind: "write", lot: traces.map(packTrace) }),
      ({ kind }) => onEnd(kind === "done"),
    );
  }

  deleteSome(portion: PortionOrder, onEnd: (end: PortionEnd) => void): void {
    this.#send(
      () => ({ kind: "delete", portion }),
      (answer) => onEnd(portionEnd(answer)),
    );
  }

  close(longestMs: number): void {
    const port = this.#port;
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (port === undefined || this.#isBroken) return;
    const until = performance.now() + longestMs;
    while (this.#waiting.length > 0 && this.#takeAnswer(port, until)) {
      // Each answer ends an order.
    }
    port.postMessage({ kind: "end" } satisfies ThreadOrder);
    // Its connection is to be closed before the main one, which then leaves a tidy file.
    this.#takeAnswer(port, until);
    void this.#worker?.terminate();
  }

  #send(order: () => ThreadOrder, onAnswer: (answer: ThreadAnswer) => void): void {
    this.#waiting.push(onAnswer);
    try {
      this.#port?.postMessage(order());
    } catch (error) {
      this.#breakDown(error);
    }
  }

  #wakeUp(): void {
    try {
      this.#port ??= this.#start();
    } catch (error) {
      this.#breakDown(error);
    }
  }

  /** False when no answer came in time. */
  #takeAnswer(port: MessagePort, until: number): boolean {
    for (;;) {
      const seen = Atomics.load(this.#answers, 0);
      const received = receiveMessageOnPort(port);
      if (received !== undefined) {
        const answer = received.message as ThreadAnswer;
        this.#handle(answer);
        if (answer.kind === "ready") continue;
        return true;
      }
      const left = until - performance.now();
      if (left <= 0) return false;
      Atomics.wait(this.#answers, 0, seen, left);
    }
  }

  #start(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    const start: ThreadStart = { path: this.#options.path, port: port2, answers: this.#answers };
    const worker = new Worker(this.#options.program, {
      workerData: start,
      transferList: [port2],
      resourceLimits: LIMITS,
      name: "traces",
    });
    worker.on("error", (error) => this.#breakDown(error));
    worker.on("exit", () => this.#breakDown(new Error("the thread that writes records has ended")));
    port1.on("message", (answer: ThreadAnswer) => this.#handle(answer));
    // Neither keeps the process alive: what is under way at the end is waited for by `close`.
    worker.unref();
    port1.unref();
    this.#worker = worker;
    return port1;
  }

  #handle(answer: ThreadAnswer): void {
    if (answer.kind === "ready") this.#isReady = true;
    else this.#waiting.shift()?.(answer);
  }

  #breakDown(error: unknown): void {
    if (this.#isBroken || this.#isClosed) return;
    this.#isBroken = true;
    this.#options.onBreakdown(error);
    for (const onAnswer of this.#waiting.splice(0))
      onAnswer({ kind: "failed", code: "", message: "the thread has ended" });
  }
}

function portionEnd(answer: ThreadAnswer): PortionEnd {
  if (answer.kind !== "failed") return { kind: "taken", isMore: answer.kind === "done" && answer.isMore };
  return { kind: "failed", error: Object.assign(new Error(answer.message), { code: answer.code }) };
}
