import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads";
import type { TraceInput } from "../trace-input.ts";
import { type PackedTrace, packTrace } from "./packed-trace.ts";

/** A thread that writes rows, so that the one that relays streams never waits for a disk. */
export interface TraceThread {
  /** False until it has started, which asking for the first time sets going, and once it has broken down: rows must be written otherwise. */
  isUsable(): boolean;
  /**
   * Hands requests over, one lot at a time, while it is usable. `onEnd` is called once, mostly later: true when all of them
   * are on disk, false when none is.
   */
  write(traces: readonly TraceInput[], onEnd: (isWritten: boolean) => void): void;
  /** Waits, without letting anything else run, for the lot under way, and ends the thread. Longest wait in ms. */
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

/** What the thread gets at its start. */
export interface ThreadStart {
  readonly path: string;
  readonly port: MessagePort;
  /** Element 0 counts the answers, for who waits without an event loop. */
  readonly answers: Int32Array;
}

/** To the thread: a lot of requests, or nothing to end. */
export type ThreadOrder = readonly PackedTrace[] | undefined;
/** From the thread: it has started; whether the lot is on disk; undefined when it has ended. */
export type ThreadAnswer = "ready" | boolean | undefined;

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
  #onEnd: ((isWritten: boolean) => void) | undefined;

  constructor(options: TraceThreadOptions) {
    this.#options = options;
  }

  isUsable(): boolean {
    if (this.#isBroken || this.#isClosed) return false;
    this.#wakeUp();
    return this.#isReady;
  }

  write(traces: readonly TraceInput[], onEnd: (isWritten: boolean) => void): void {
    this.#onEnd = onEnd;
    try {
      this.#port?.postMessage(traces.map(packTrace) satisfies ThreadOrder);
    } catch (error) {
      this.#breakDown(error);
    }
  }

  close(longestMs: number): void {
    const port = this.#port;
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (port === undefined || this.#isBroken) return;
    const until = performance.now() + longestMs;
    while (this.#onEnd !== undefined && this.#takeAnswer(port, until)) {
      // Each answer ends a lot.
    }
    port.postMessage(undefined satisfies ThreadOrder);
    // Its connection is to be closed before the main one, which then leaves a tidy file.
    this.#takeAnswer(port, until);
    void this.#worker?.terminate();
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
        this.#handle(received.message as ThreadAnswer);
        if (received.message === "ready") continue;
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
    if (answer === "ready") {
      this.#isReady = true;
      return;
    }
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.(answer === true);
  }

  #breakDown(error: unknown): void {
    if (this.#isBroken || this.#isClosed) return;
    this.#isBroken = true;
    this.#options.onBreakdown(error);
    this.#handle(false);
  }
}
