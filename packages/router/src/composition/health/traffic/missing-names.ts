import type { MissingName } from "../../../health/facts/use-facts.ts";

/** Names of fallbacks that no node has, counted while the router runs: a request that needs none of them leaves no other trace. */
export interface MissingNames {
  note(model: string, requestId: string): void;
  /** Those of the last 24 hours. */
  recent(): readonly MissingName[];
}

/** Anybody may ask for any name: no more than so many are told apart. */
const MOST_NAMES = 50;
const MOST_TRACES = 10;
const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;

interface Kept {
  readonly model: string;
  traces: readonly string[];
  lastAt: number;
  /** Requests by the hour since the epoch. */
  readonly hours: Map<number, number>;
}

/** @param now Unix epoch ms */
export function createMissingNames(now: () => number): MissingNames {
  const kept = new Map<string, Kept>();
  const hourOf = (at: number): number => Math.floor(at / HOUR_MS);
  const forget = (): void => {
    const first = hourOf(now()) - DAY_HOURS;
    for (const [name, { hours }] of kept) {
      for (const hour of [...hours.keys()].filter((one) => one <= first)) hours.delete(hour);
      if (hours.size === 0) kept.delete(name);
    }
  };
  return {
    note: (model, requestId) => {
      if (!kept.has(model) && kept.size >= MOST_NAMES) forget();
      if (!kept.has(model) && kept.size >= MOST_NAMES) return;
      const entry = kept.get(model) ?? { model, traces: [], lastAt: 0, hours: new Map<number, number>() };
      entry.lastAt = now();
      entry.traces = [requestId, ...entry.traces.filter((id) => id !== requestId)].slice(0, MOST_TRACES);
      entry.hours.set(hourOf(now()), (entry.hours.get(hourOf(now())) ?? 0) + 1);
      kept.set(model, entry);
    },
    recent: () => {
      forget();
      return [...kept.values()].map(({ model, traces, lastAt, hours }) => ({
        ...{ model, traces, lastAt },
        count: [...hours.values()].reduce((sum, count) => sum + count, 0),
      }));
    },
  };
}
