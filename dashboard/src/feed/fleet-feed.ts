import { type ReadonlySignal, signal } from "@preact/signals";
import { type Answer, type FleetKnowledge, knowledgeAfter } from "./fleet-knowledge.ts";

// The one place that knows how news arrive: by asking again and again. A stream of events would replace this file alone,
// as long as it keeps a `FleetFeed`.

/** What the feed needs from the browser. */
export interface FleetFeedDependencies {
  readonly ask: () => Promise<Answer>;
  /** Unix epoch ms. */
  readonly clock: () => number;
  /** Runs something once after some ms; the returned function prevents it. */
  readonly schedule: (run: () => void, delayMs: number) => () => void;
  /** Whether somebody can see the page. */
  readonly isWatched: () => boolean;
}

/** What is known about the fleet, kept up to date until stopped. */
export interface FleetFeed {
  readonly knowledge: ReadonlySignal<FleetKnowledge>;
  /** Asks at once; while a question is open, it waits for that answer instead. */
  askNow(): void;
  stop(): void;
}

const WATCHED_DELAY_MS = 2_000;
/** Behind another tab the title is all that shows. */
const UNWATCHED_DELAY_MS = 20_000;
const LONGEST_DELAY_MS = 30_000;

/** Asks for the fleet every two seconds, less often while the router fails to answer or nobody watches. */
export function startFleetFeed({ ask, clock, schedule, isWatched }: FleetFeedDependencies): FleetFeed {
  const knowledge = signal<FleetKnowledge>({ kind: "asking" });
  let failures = 0;
  let isAsking = false;
  let isStopped = false;
  let cancelNext: (() => void) | undefined;

  const learn = (answer: Answer): void => {
    isAsking = false;
    if (isStopped) return;
    failures = answer.kind === "failure" ? failures + 1 : 0;
    const delayMs = delayBeforeNext(failures, isWatched());
    const at = clock();
    cancelNext = schedule(askNow, delayMs);
    knowledge.value = knowledgeAfter(knowledge.value, answer, { at, nextTryAt: at + delayMs });
  };

  const askNow = (): void => {
    if (isAsking || isStopped) return;
    isAsking = true;
    cancelNext?.();
    void ask().then(learn);
  };

  askNow();
  return {
    knowledge,
    askNow,
    stop: () => {
      isStopped = true;
      cancelNext?.();
    },
  };
}

/** ms until the next question: doubled with every failure in a row, up to half a minute. */
export function delayBeforeNext(failures: number, isWatched: boolean): number {
  const usual = isWatched ? WATCHED_DELAY_MS : UNWATCHED_DELAY_MS;
  return Math.min(LONGEST_DELAY_MS, usual * 2 ** Math.max(0, failures - 1));
}
