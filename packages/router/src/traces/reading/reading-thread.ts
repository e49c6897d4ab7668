/**
 * Asks another thread what is stored, so that reading never holds up the one that relays streams. One question is under way at
 * a time, the others wait their turn; each is answered or refused within a bounded time, whatever becomes of the thread.
 */
import type { Schedule } from "../../storage/writing/schedule.ts";
import type { Ask, QuestionName } from "../questions.ts";
import type { AskedQuestion, GivenAnswer } from "./messages.ts";
import { errorOf, moved, tooSlow, unreadable } from "./reading-error.ts";
import { type RunningWorker, startWorker } from "./start-worker.ts";

export interface ReadingThreadOptions {
  /** The thread's program: `answer-questions-worker` of this folder. */
  readonly program: URL;
  /** The database file, which has its tables already. */
  readonly path: string;
  /** See `HerdDatabase`. */
  readonly isInPlace: () => boolean;
  readonly schedule: Schedule;
  /** Told when the thread broke down or was given up. */
  readonly onBreakdown: (error: unknown) => void;
  /** Bounds; what is left out is as it is usually. */
  readonly bounds?: Partial<ReadingBounds>;
}

/** Bounds of reading. */
export interface ReadingBounds {
  /** Longest time for one answer, ms. */
  readonly answerMs: number;
  /** Longest time until a question's turn comes, ms. */
  readonly turnMs: number;
  /** Questions that may wait. */
  readonly mostWaiting: number;
  /** Without a question the thread ends after so long, and its memory is given back, ms. */
  readonly idleMs: number;
}

const USUAL: ReadingBounds = { answerMs: 5000, turnMs: 5000, mostWaiting: 200, idleMs: 60_000 };

/** Threads that were given up and have not ended yet: SQLite goes on with what it is at. */
const MOST_ENDING = 2;

/** The way to the reading thread. */
export interface ReadingThread {
  /** Rejects with HERD_RECORDS_BUSY, HERD_RECORDS_UNREADABLE, or HERD_INTERNAL. */
  readonly ask: Ask;
  /** Starts the thread before the first question, so that that one need not wait for it. */
  start(): void;
  /** Waits for the thread's end, without letting anything else run; refuses what waits. Longest wait in ms. */
  close(longestMs: number): void;
}

/** Prepares the thread; it is started by `start`, or else by the first question. */
export function createReadingThread(options: ReadingThreadOptions): ReadingThread {
  const reader = new Reader(options);
  return {
    ask: (name, question) => reader.ask(name, question) as never,
    start: () => reader.start(),
    close: (longestMs) => reader.close(longestMs),
  };
}

interface Waiting extends AskedQuestion {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
  cancelTimer: () => void;
}

class Reader {
  readonly #options: ReadingThreadOptions;
  readonly #bounds: ReadingBounds;
  readonly #waiting: Waiting[] = [];
  #underway: Waiting | undefined;
  #worker: RunningWorker | undefined;
  #ending = 0;
  #lastId = 0;
  #cancelIdle: (() => void) | undefined;
  #isClosed = false;

  constructor(options: ReadingThreadOptions) {
    this.#options = options;
    this.#bounds = { ...USUAL, ...options.bounds };
  }

  ask(name: QuestionName, question: unknown): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(tooSlow("the router is stopping"));
    const { mostWaiting, turnMs } = this.#bounds;
    if (this.#waiting.length >= mostWaiting) return Promise.reject(tooSlow("too many questions wait for an answer"));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { id, name, question, resolve, reject, cancelTimer: () => undefined };
      waiting.cancelTimer = this.#options.schedule(() => this.#refuseWaiting(waiting), turnMs);
      this.#waiting.push(waiting);
      this.#goOn();
    });
  }

  start(): void {
    if (this.#isClosed || this.#worker !== undefined || !this.#options.isInPlace()) return;
    this.#worker = this.#start();
    this.#goOn();
  }

  close(longestMs: number): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelIdle?.();
    const stopping = tooSlow("the router is stopping");
    for (const waiting of this.#waiting.splice(0)) refuse(waiting, stopping);
    if (this.#underway !== undefined) refuse(this.#underway, stopping);
    this.#underway = undefined;
    // Its connection is to be closed before the main one, which then leaves a tidy file.
    this.#worker?.endNow(longestMs);
    this.#worker = undefined;
  }

  /** Hands over the next question, when none is under way. */
  #goOn(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    if (this.#underway !== undefined || this.#isClosed) return;
    const next = this.#waiting.shift();
    if (next === undefined) {
      this.#cancelIdle = this.#options.schedule(() => this.#endIdle(), this.#bounds.idleMs);
      return;
    }
    next.cancelTimer();
    const trouble = this.#handOver(next);
    if (trouble === undefined) return;
    next.reject(trouble);
    this.#goOn();
  }

  #handOver(next: Waiting): unknown {
    try {
      if (!this.#options.isInPlace()) return moved();
      this.#worker ??= this.#start();
      if (this.#worker === undefined) return tooSlow("the database does not answer");
      this.#worker.send({ id: next.id, name: next.name, question: next.question });
    } catch (error) {
      return unreadable(error);
    }
    this.#underway = next;
    next.cancelTimer = this.#options.schedule(() => this.#giveUp(next), this.#bounds.answerMs);
    return undefined;
  }

  #start(): RunningWorker | undefined {
    if (this.#ending >= MOST_ENDING) return undefined;
    const { program, path } = this.#options;
    const worker: RunningWorker = startWorker({
      program,
      path,
      onAnswer: (answer) => this.#take(answer),
      onEnd: (error) => this.#breakDown(worker, error),
    });
    return worker;
  }

  #take(given: GivenAnswer): void {
    const asked = this.#underway;
    if (asked?.id !== given.id) return;
    this.#underway = undefined;
    asked.cancelTimer();
    if ("error" in given) asked.reject(errorOf(given.error));
    else asked.resolve(given.answer);
    this.#goOn();
  }

  #giveUp(asked: Waiting): void {
    if (this.#underway !== asked) return;
    this.#options.onBreakdown(new Error(`the question '${asked.name}' took too long`));
    this.#drop(tooSlow("the database took too long to answer"));
  }

  #breakDown(worker: RunningWorker, error: unknown): void {
    if (this.#worker !== worker) return;
    this.#options.onBreakdown(error);
    this.#drop(unreadable(error));
  }

  /** The next question gets a new thread. */
  #drop(error: unknown): void {
    const [worker, asked] = [this.#worker, this.#underway];
    [this.#worker, this.#underway] = [undefined, undefined];
    this.#ending += 1;
    void worker?.terminate().finally(() => {
      this.#ending -= 1;
    });
    if (asked !== undefined) refuse(asked, error);
    this.#goOn();
  }

  #endIdle(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.end();
  }

  #refuseWaiting(waiting: Waiting): void {
    const at = this.#waiting.indexOf(waiting);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    waiting.reject(tooSlow("other questions took too long"));
  }
}

function refuse(waiting: Waiting, error: unknown): void {
  waiting.cancelTimer();
  waiting.reject(error);
}
