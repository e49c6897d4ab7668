import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atExit } from "./at-exit.ts";

/** Remembers what must be ended. */
export interface Cleanup {
  /** Something with an end; the last one is ended first. Returns it. */
  readonly keep: <Thing extends { readonly stop: () => unknown }>(thing: Thing) => Thing;
  /** A new empty folder, gone afterwards. */
  readonly folder: () => string;
}

/** Runs something and ends everything that it kept, however it went. */
export async function withCleanup<Result>(run: (cleanup: Cleanup) => Promise<Result>): Promise<Result> {
  const kept: { readonly stop: () => unknown }[] = [];
  const cleanup: Cleanup = {
    keep: (thing) => {
      kept.push(thing);
      return thing;
    },
    folder: () => {
      const path = mkdtempSync(join(tmpdir(), "herd-bench-"));
      const remove = (): void => rmSync(path, { recursive: true, force: true });
      const forget = atExit(remove);
      kept.push({
        stop: () => {
          remove();
          forget();
        },
      });
      return path;
    },
  };
  try {
    return await run(cleanup);
  } finally {
    for (const { stop } of kept.toReversed()) await stop();
  }
}
