import type { Connection } from "../storage/connection.ts";
import { type Backlog, createBacklog } from "../storage/writing/backlog.ts";
import type { Flusher } from "../storage/writing/flusher.ts";
import type { Schedule } from "../storage/writing/schedule.ts";
import type { TraceThread } from "./thread/trace-thread.ts";
import type { TraceInput } from "./trace-input.ts";
import { createTraceWriter } from "./trace-writer.ts";

/** Stores one row per ended request, and its attempts. */
export interface TraceRecorder {
  /** Takes a finished request; costs no more than an array push. Call once per request. */
  record(trace: TraceInput): void;
  /** Every recorded request is in exactly one of the three. */
  counts(): TraceCounts;
  /** Requests that wait and are not being written, oldest first. */
  waiting(): readonly TraceInput[];
  /** Waits for the thread, blocking; what is left is written by the flusher from now on. Call it before that is closed. */
  close(): void;
}

/** Requests since the start. */
export interface TraceCounts {
  /** On disk. */
  readonly written: number;
  /** Lost: the backlog was full, or the database refused the row. */
  readonly dropped: number;
  /** Waiting for the next write, or being written. */
  readonly pending: number;
}

export interface TraceRecorderDependencies {
  readonly connection: Connection;
  readonly flusher: Pick<Flusher, "add" | "wake">;
  /** How long a request may wait for its write, ms. Default 100. */
  readonly flushMs?: number;
  /** Requests that wait at most while nothing can be written; then the oldest go. Default 10,000 (about 10 MB). */
  readonly backlog?: number;
  /** Writes beside this thread; without it the flusher writes everything. */
  readonly beside?: WritingBeside;
}

/** The thread, the timer that wakes it, and whether its file still lies where it was (see `HerdDatabase`). */
export interface WritingBeside {
  readonly thread: TraceThread;
  readonly schedule: Schedule;
  readonly isInPlace: () => boolean;
}

/**
 * So many waiting requests are written at once. Under load, rows that live on for the whole interval would be copied by
 * every garbage collection meanwhile; and a large lot keeps a core busy for so long that others on a small machine notice.
 */
const EARLY_ROWS = 64;
/** Longest time in which the thread may finish at the end, ms. */
const CLOSING_WAIT_MS = 2000;

/**
 * Writes `request_traces`, `request_attempts` and `latency_observations`. The way of a request's rows is the thread; when
 * that could not write them, they go back and the flusher writes them, which knows what to do with every kind of trouble,
 * until nothing waits any more.
 */
export function createTraceRecorder(dependencies: TraceRecorderDependencies): TraceRecorder {
  return new Recorder(dependencies);
}

class Recorder implements TraceRecorder {
  readonly #flusher: Pick<Flusher, "add" | "wake">;
  readonly #flushMs: number;
  readonly #beside: TraceRecorderDependencies["beside"];
  readonly #waiting: Backlog<TraceInput>;
  #underway: readonly TraceInput[] = [];
  #cancelTimer: (() => void) | undefined;
  /** The flusher writes: there is no thread, or it could not write. */
  #isLocal: boolean;
  #written = 0;
  #dropped = 0;

  constructor({ connection, flusher, flushMs = 100, backlog = 10_000, beside }: TraceRecorderDependencies) {
    this.#flusher = flusher;
    this.#flushMs = flushMs;
    this.#beside = beside;
    this.#isLocal = beside === undefined;
    const waiting = createBacklog<TraceInput>(backlog);
    this.#waiting = waiting;
    flusher.add<TraceInput>({
      name: "request_traces",
      waiting: () => (this.#isLocal ? waiting.size : 0),
      peek: waiting.peek,
      ...createTraceWriter(connection),
      forget: (count, refused) => this.#forget(count, refused),
    });
  }

  record(trace: TraceInput): void {
    this.#dropped += this.#waiting.push(trace);
    this.#wake();
  }

  counts(): TraceCounts {
    return {
      written: this.#written,
      dropped: this.#dropped,
      pending: this.#waiting.size + this.#underway.length,
    };
  }

  waiting(): readonly TraceInput[] {
    return this.#waiting.peek(this.#waiting.size);
  }

  close(): void {
    this.#cancelTimer?.();
    this.#beside?.thread.close(CLOSING_WAIT_MS);
    this.#putBack();
    this.#isLocal = true;
  }

  #forget(count: number, refused: number): void {
    this.#waiting.drop(count);
    this.#written += count - refused;
    this.#dropped += refused;
    if (this.#waiting.size === 0) this.#isLocal = this.#beside?.thread.isUsable() !== true;
  }

  #wake(): void {
    const isMany = this.#waiting.size === EARLY_ROWS;
    if (this.#isLocal) {
      if (this.#waiting.size === 1 || isMany) this.#flusher.wake(isMany ? 0 : this.#flushMs);
    } else if (this.#underway.length > 0) return;
    else if (isMany) this.#handOver();
    else this.#cancelTimer ??= this.#beside?.schedule(() => this.#handOver(), this.#flushMs);
  }

  #handOver(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#beside === undefined || this.#waiting.size === 0) return;
    if (!isReady(this.#beside)) {
      this.#isLocal = true;
      this.#flusher.wake(0);
      return;
    }
    const lot = this.#waiting.peek(LARGEST_LOT);
    this.#waiting.drop(lot.length);
    this.#underway = lot;
    this.#beside.thread.write(lot, (isWritten) => this.#endLot(isWritten));
  }

  #endLot(isWritten: boolean): void {
    if (isWritten) {
      this.#written += this.#underway.length;
      this.#underway = [];
    } else {
      this.#putBack();
      this.#isLocal = true;
    }
    if (this.#waiting.size === 0) return;
    if (this.#isLocal) this.#flusher.wake(0);
    else if (this.#waiting.size >= EARLY_ROWS) this.#handOver();
    else this.#wake();
  }

  /** The lot was not written, or nobody knows: it is the oldest again. */
  #putBack(): void {
    this.#dropped += this.#waiting.putBack(this.#underway);
    this.#underway = [];
  }
}

/** Requests in one lot: their rows take the thread some ms. */
const LARGEST_LOT = 500;

/** A file that was moved takes rows that nobody will ever find. */
function isReady({ thread, isInPlace }: WritingBeside): boolean {
  try {
    return thread.isUsable() && isInPlace();
  } catch {
    return false;
  }
}
