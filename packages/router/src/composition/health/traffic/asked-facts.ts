import type { TrafficFacts } from "../../../health/facts/traffic-facts.ts";
import type { Ask } from "../../../traces/questions.ts";

/** How long an answer counts as fresh, ms. What is usual changes slowly and costs most. */
const TRAFFIC_FRESH_MS = 15_000;
const HABITS_FRESH_MS = 600_000;

type Answers = Pick<TrafficFacts, "uses" | "ends" | "newest" | "events" | "paces" | "contexts">;

/** What is asked of the stored requests, and with which clock (Unix epoch ms). */
export interface AskedSources {
  readonly ask: Ask;
  readonly now: () => number;
}

/**
 * Keeps the last answers about stored requests. A question that fails leaves the last answer in force and is asked again
 * after its time: who writes the records tells what is wrong with them.
 */
export function createAskedFacts({ ask, now }: AskedSources) {
  const traffic = keepFresh({ question: () => ask("healthTraffic", { now: now() }), freshMs: TRAFFIC_FRESH_MS, now });
  const habits = keepFresh({ question: () => ask("healthHabits", { now: now() }), freshMs: HABITS_FRESH_MS, now });
  return {
    /** Resolves when what happened is no older than this (ms), or could not be told; never rejects. */
    refresh: (olderThanMs: number): Promise<void> => traffic.refresh(olderThanMs),
    latest: (): Answers => ({ ...traffic.latest(), ...habits.latest() }),
    ready: async (): Promise<void> => {
      await Promise.all([traffic.ready(), habits.ready()]);
    },
  };
}

interface Keeping<Answer> {
  readonly question: () => Promise<Answer>;
  readonly freshMs: number;
  readonly now: () => number;
}

function keepFresh<Answer>({ question, freshMs, now }: Keeping<Answer>) {
  let answer: Answer | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;
  let underway: Promise<void> | undefined;
  const isOld = (): boolean => Math.abs(now() - askedAt) >= freshMs;
  const ask = (): Promise<void> => {
    askedAt = now();
    underway ??= question()
      .then(
        (got) => {
          answer = got;
        },
        // The last answer stays.
        () => undefined,
      )
      .finally(() => {
        underway = undefined;
      });
    return underway;
  };
  return {
    latest: (): Answer | undefined => {
      if (isOld()) void ask();
      return answer;
    },
    refresh: async (olderThanMs: number): Promise<void> => {
      // What was asked before may not know of what has happened since.
      if (Math.abs(now() - askedAt) >= olderThanMs) {
        await underway;
        await ask();
      } else await underway;
    },
    ready: (): Promise<void> => underway ?? (isOld() ? ask() : Promise.resolve()),
  };
}
