import type { AttemptResult } from "../../dispatch/attempt-result.ts";
import type { PullParts } from "../../pipeline/serve-pull.ts";

/** How pulls went. */
export interface PullCounts {
  readonly read: () => { readonly running: number; readonly ended: ReadonlyMap<string, number> };
}

/** Told from the start as 0: whoever collects sees no growth in a number that begins with 1. */
const ends: readonly AttemptResult["kind"][] = ["completed", "failed", "broken", "cancelled"];

/** The parts of pulls, with every pull counted. */
export function countPulls(parts: PullParts): { readonly parts: PullParts; readonly counts: PullCounts } {
  let running = 0;
  const ended = new Map<string, number>(ends.map((end) => [end, 0]));
  const counted: PullParts = {
    ...parts,
    share: (asking) => {
      const share = parts.share(asking);
      if (share.kind === "joined") return share;
      running += 1;
      const end: typeof share.end = (result) => {
        running -= 1;
        share.end(result);
      };
      return { ...share, end };
    },
    ended: (one) => {
      ended.set(one.result.kind, (ended.get(one.result.kind) ?? 0) + 1);
      parts.ended(one);
    },
  };
  return { parts: counted, counts: { read: () => ({ running, ended }) } };
}
