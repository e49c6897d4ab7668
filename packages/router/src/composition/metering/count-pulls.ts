import type { PullParts } from "../../pipeline/serve-pull.ts";

/** How pulls went. */
export interface PullCounts {
  readonly read: () => { readonly running: number; readonly ended: ReadonlyMap<string, number> };
}

/** The parts of pulls, with every pull counted. */
export function countPulls(parts: PullParts): { readonly parts: PullParts; readonly counts: PullCounts } {
  let running = 0;
  const ended = new Map<string, number>();
  const counted: PullParts = {
    ...parts,
    begin: (key, node) => {
      const end = parts.begin(key, node);
      if (end === undefined) return undefined;
      running += 1;
      return () => {
        running -= 1;
        end();
      };
    },
    ended: (one) => {
      ended.set(one.result.kind, (ended.get(one.result.kind) ?? 0) + 1);
      parts.ended(one);
    },
  };
  return { parts: counted, counts: { read: () => ({ running, ended }) } };
}
