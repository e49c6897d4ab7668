import type { Connection } from "../connection.ts";
import { reasonOf, storageProblemOf } from "../storage-problem.ts";
import type { Schedule } from "../writing/schedule.ts";
import { createPortions, type PortionOrder, type RetentionLimits } from "./portion.ts";

/** Deletes what is old, or too much, a few rows at a time. Sums of usage stay when the requests they count go. */
export interface Retention {
  /** Stops the timer; what another thread is at ends there. */
  close(): void;
}

/** How a portion ended. */
export type PortionEnd =
  | { readonly kind: "taken"; readonly isMore: boolean }
  | { readonly kind: "failed"; readonly error: unknown };

/** Another thread that deletes, so that the one that relays streams never waits for a disk. */
export interface DeletingBeside {
  /** False until it has started, which asking sets going, and once it has broken down. */
  isUsable(): boolean;
  /** Takes one portion, while it is usable; `onEnd` is called once, mostly later. */
  deleteSome(order: PortionOrder, onEnd: (end: PortionEnd) => void): void;
}

export interface RetentionDependencies {
  readonly connection: Connection;
  /** Asked anew each time, so that a changed setting takes effect. */
  readonly limits: () => RetentionLimits;
  /** Unix epoch ms. */
  readonly now: () => number;
  readonly schedule: Schedule;
  /** Told why a portion could not be deleted; the next round tries again. */
  readonly onProblem: (reason: string, error: unknown) => void;
  /** Deletes in place of this thread; without it, or when it cannot be had, this thread does. */
  readonly beside?: DeletingBeside;
}

/** Between two portions: 5,000 rows a second go at most, as many as come at most. */
const PAUSE_MS = 20;
const ROUND_EVERY_MS = 60_000;
/** Another program's lock, or the thread that writes rows: tried again soon, and told only when it lasts. */
const LOCKED_PAUSE_MS = 1000;
const LOCKED_TRIES = 60;
/** A thread starts within less than a second; after so many looks it is not waited for. */
const STARTING_PAUSE_MS = 500;
const STARTING_LOOKS = 10;

/** Starts its timer at once; the first round leaves the start in peace. */
export function createRetention(dependencies: RetentionDependencies): Retention {
  const { schedule } = dependencies;
  const takePortion = createPortionTaker(dependencies);
  const pauseAfterProblem = createProblemPause(dependencies.onProblem);
  let isClosed = false;
  const pauseAfter = (end: PortionEnd | "starting"): number => {
    if (end === "starting") return STARTING_PAUSE_MS;
    if (end.kind === "failed") return pauseAfterProblem.of(end.error);
    pauseAfterProblem.forget();
    return end.isMore ? PAUSE_MS : ROUND_EVERY_MS;
  };
  const round = (): void =>
    takePortion((end) => {
      if (!isClosed) cancel = schedule(round, pauseAfter(end));
    });
  let cancel = schedule(round, ROUND_EVERY_MS);
  return {
    close: () => {
      isClosed = true;
      cancel();
    },
  };
}

type OnPortionEnd = (end: PortionEnd | "starting") => void;

/** The other thread is only woken when there is something to do. */
function createPortionTaker({ connection, limits, now, beside }: RetentionDependencies): (onEnd: OnPortionEnd) => void {
  const portions = createPortions(connection);
  let looks = 0;
  const takeHere = (order: PortionOrder): PortionEnd | "starting" => {
    looks += 1;
    if (beside !== undefined && looks <= STARTING_LOOKS) return "starting";
    return { kind: "taken", isMore: portions.take(order) };
  };
  /** Undefined when the other thread will tell. */
  const take = (order: PortionOrder, onEnd: OnPortionEnd): PortionEnd | "starting" | undefined => {
    if (!portions.isDue(order)) return { kind: "taken", isMore: false };
    if (beside?.isUsable() !== true) return takeHere(order);
    looks = 0;
    beside.deleteSome(order, onEnd);
    return undefined;
  };
  return (onEnd) => {
    const end = orFailed(() => take({ limits: limits(), now: now() / 1000 }, onEnd));
    if (end !== undefined) onEnd(end);
  };
}

function orFailed<End>(take: () => End): End | PortionEnd {
  try {
    return take();
  } catch (error) {
    return { kind: "failed", error };
  }
}

function createProblemPause(onProblem: RetentionDependencies["onProblem"]) {
  let locked = 0;
  return {
    forget: (): void => {
      locked = 0;
    },
    of: (error: unknown): number => {
      locked = storageProblemOf(error) === "locked" ? locked + 1 : 0;
      if (locked > 0 && locked % LOCKED_TRIES !== 0) return LOCKED_PAUSE_MS;
      onProblem(reasonOf(error), error);
      return ROUND_EVERY_MS;
    },
  };
}
