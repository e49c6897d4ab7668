import type { Refusal } from "../../health/facts/router-facts.ts";

/** Refused heartbeats, by who said to be whom. */
export interface RefusalLog {
  note(refused: Pick<Refusal, "nodeId" | "address" | "code">): void;
  /** Those of the last quarter of an hour. */
  recent(): readonly Refusal[];
}

/** Anybody may knock under any name: no more than so many are told apart. */
const MOST_KEPT = 50;
const KEPT_MS = 15 * 60_000;

/** @param now Unix epoch ms */
export function createRefusalLog(now: () => number): RefusalLog {
  const kept = new Map<string, Refusal>();
  const dropOld = (): void => {
    for (const [key, { lastAt }] of kept) if (now() - lastAt > KEPT_MS) kept.delete(key);
  };
  return {
    note: ({ nodeId, address, code }) => {
      const key = `${code} ${address} ${nodeId}`;
      const known = kept.get(key);
      if (known === undefined && kept.size >= MOST_KEPT) dropOld();
      if (known === undefined && kept.size >= MOST_KEPT) return;
      kept.set(key, { nodeId, address, code, count: (known?.count ?? 0) + 1, lastAt: now() });
    },
    recent: () => {
      dropOld();
      return [...kept.values()];
    },
  };
}
