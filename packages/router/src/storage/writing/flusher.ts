/**
 * The one timed write of everything that may reach the disk a moment later. Sources keep rows in memory; a timer, set only
 * while rows wait, writes them in one transaction. Rows leave their source only after the commit, so a failed write loses
 * nothing and repeats nothing.
 */
import type { HerdDatabase } from "../database.ts";
import { DatabaseMovedError, isRowFault, reasonOf, type StorageProblem, storageProblemOf } from "../storage-problem.ts";
import type { Schedule } from "./schedule.ts";

/** Rows waiting in memory. They are written in the order of `peek`. */
export interface RowSource<Row> {
  readonly name: string;
  waiting(): number;
  /** The first `limit` rows; they stay. */
  peek(limit: number): readonly Row[];
  /** A transaction begins; what an earlier one did not finish never happened. */
  begin?(): void;
  /** Writes one row inside the running transaction. */
  write(row: Row): void;
  /** Writes what belongs to all rows of the running transaction together. */
  finish?(): void;
  /** The first `count` rows are done: on disk, but for `refused` of them that no retry can save. */
  forget(count: number, refused: number): void;
}

/** Whether rows reach the disk. */
export type FlushState =
  | { readonly kind: "writing" }
  | { readonly kind: "failing"; readonly problem: StorageProblem; readonly reason: string };

/** Writes the rows of all its sources. */
export interface Flusher {
  add<Row>(source: RowSource<Row>): void;
  /** Rows wait: they are written within this time, ms, and a little more when there are many. */
  wake(withinMs: number): void;
  /** Writes everything that waits, before it returns, or as far as the disk allows. */
  flush(): void;
  /** Looks whether the file is still in its place, so that the answer is true also while nothing waits to be written. */
  state(): FlushState;
  /** Writes everything a last time, waiting a while for other programs' locks, and sets no timer any more. */
  close(): void;
}

/** What a flusher needs from outside. */
export interface FlusherDependencies {
  readonly database: Pick<HerdDatabase, "connection" | "isInPlace" | "noteDamage">;
  readonly schedule: Schedule;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  /** Told when writing begins to fail, fails for another reason, or works again. */
  readonly onStateChange: (state: FlushState) => void;
  /** Told of rows that the database refuses for their own sake; the others are written. */
  readonly onRowsRefused: (refusal: RowsRefused) => void;
}

/** Rows that were given up. */
export interface RowsRefused {
  readonly source: string;
  readonly count: number;
  readonly error: unknown;
}

/** Rows of one source in one transaction. */
const CHUNK_ROWS = 500;
/** Time for the rows of one timed transaction, ms: streams wait meanwhile. */
const CHUNK_MS = 3;
/** Pause after a first failed write, doubled with each further one. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;
/** Another program's lock is news only when it outlasts this many tries; short ones are everyday. */
const LOCKED_TRIES = 3;
/** How long the last write waits for another program's lock. */
const CLOSING_WAIT_MS = 2000;

/** Callbacks must not throw. The first `wake` sets the first timer. */
export function createFlusher(dependencies: FlusherDependencies): Flusher {
  const { database, schedule, monotonic, onStateChange, onRowsRefused } = dependencies;
  const sources: RowSource<unknown>[] = [];
  const health = createFlushHealth({ onStateChange, onDamage: database.noteDamage });
  const writeChunk = createChunkWriter({ database, monotonic, sources });
  const isEmpty = (): boolean => sources.every((source) => source.waiting() === 0);
  let timer: { readonly dueAt: number; readonly cancel: () => void } | undefined;
  let isClosed = false;

  /** One transaction. False when it failed. */
  const write = (budgetMs: number): boolean => {
    const parts = attempt(() => writeChunk(budgetMs), health.failed);
    if (parts === undefined) return false;
    // Before anybody else's code runs: rows on disk must never be written again.
    for (const { source, done, refused } of parts) source.forget(done, refused.length);
    health.worked();
    report(parts, onRowsRefused);
    return true;
  };
  const wake = (withinMs: number): void => {
    const dueAt = monotonic() + withinMs;
    if (isClosed || (timer !== undefined && timer.dueAt <= dueAt)) return;
    timer?.cancel();
    timer = { dueAt, cancel: schedule(run, withinMs) };
  };
  const run = (): void => {
    timer = undefined;
    if (isEmpty()) return;
    if (!write(CHUNK_MS)) wake(health.pauseMs());
    else if (!isEmpty()) wake(0);
  };
  const flush = (): void => {
    while (!isEmpty() && write(Number.POSITIVE_INFINITY));
  };
  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    timer?.cancel();
    database.connection.pragma(`busy_timeout = ${CLOSING_WAIT_MS}`);
    flush();
  };
  const state = (): FlushState => {
    const isThere = attempt(() => checkPlace(database), health.failed) !== undefined;
    if (isThere && isEmpty()) health.worked();
    return health.state();
  };
  return { add: (source) => void sources.push(source), wake, flush, state, close };
}

/** What a transaction did for one source. */
interface Part {
  readonly source: RowSource<unknown>;
  readonly done: number;
  /** Errors of the rows that were refused. */
  readonly refused: readonly unknown[];
}

interface ChunkDependencies extends Pick<FlusherDependencies, "monotonic"> {
  readonly database: Pick<HerdDatabase, "connection" | "isInPlace">;
  /** Grows after this call. */
  readonly sources: readonly RowSource<unknown>[];
}

/** Writes what fits into a budget, ms, in one transaction, whole or not at all. */
function createChunkWriter({ database, monotonic, sources }: ChunkDependencies): (budgetMs: number) => readonly Part[] {
  const transaction = database.connection.transaction((deadline: number) =>
    inTurn(sources).map((source) => writeRows(source, () => monotonic() > deadline)),
  );
  return (budgetMs) => {
    checkPlace(database);
    return transaction.immediate(monotonic() + budgetMs);
  };
}

/** @throws DatabaseMovedError when the file was moved, replaced or deleted. */
function checkPlace({ isInPlace }: Pick<HerdDatabase, "isInPlace">): true {
  if (!isInPlace()) throw new DatabaseMovedError();
  return true;
}

/** Short ones first, so that none starves behind a long one. */
const inTurn = (sources: readonly RowSource<unknown>[]): readonly RowSource<unknown>[] =>
  sources.filter((source) => source.waiting() > 0).sort((a, b) => a.waiting() - b.waiting());

/** Writes at least one row, so that every transaction makes progress. */
function writeRows(source: RowSource<unknown>, isLate: () => boolean): Part {
  const refused: unknown[] = [];
  let done = 0;
  source.begin?.();
  for (const row of source.peek(CHUNK_ROWS)) {
    if (done > 0 && isLate()) break;
    attempt(
      () => source.write(row),
      (error) => {
        if (!isRowFault(error)) throw error;
        refused.push(error);
      },
    );
    done += 1;
  }
  source.finish?.();
  return { source, done, refused };
}

function attempt<Result>(action: () => Result, onError: (error: unknown) => void): Result | undefined {
  try {
    return action();
  } catch (error) {
    onError(error);
    return undefined;
  }
}

function report(parts: readonly Part[], onRowsRefused: FlusherDependencies["onRowsRefused"]): void {
  for (const { source, refused } of parts) {
    if (refused.length > 0) onRowsRefused({ source: source.name, count: refused.length, error: refused.at(-1) });
  }
}

interface FlushHealthDependencies extends Pick<FlusherDependencies, "onStateChange"> {
  readonly onDamage: () => void;
}

/** Remembers whether writing works and tells each change once. */
function createFlushHealth({ onStateChange, onDamage }: FlushHealthDependencies) {
  let state: FlushState = { kind: "writing" };
  let failures = 0;
  const become = (next: FlushState): void => {
    const isNews = next.kind !== state.kind || (next.kind === "failing" && !isSameProblem(next, state));
    if (!isNews) return;
    state = next;
    onStateChange(next);
  };
  return {
    state: () => state,
    worked: (): void => {
      failures = 0;
      become({ kind: "writing" });
    },
    failed: (error: unknown): void => {
      failures += 1;
      const problem = storageProblemOf(error);
      if (problem === "damaged") onDamage();
      if (problem === "locked" && failures < LOCKED_TRIES) return;
      become({ kind: "failing", problem, reason: reasonOf(error) });
    },
    pauseMs: () => Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 1)),
  };
}

const isSameProblem = (a: FlushState, b: FlushState): boolean =>
  a.kind === "failing" && b.kind === "failing" && a.problem === b.problem;
