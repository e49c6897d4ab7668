import type { ChildProcess } from "node:child_process";

/** How a child is kept running. */
export interface KeptChild {
  readonly spawn: () => ChildProcess;
  /** It ended by itself; `isLast` when it is not started again. */
  readonly onEnded: (end: { readonly code: number | null; readonly isLast: boolean }) => void;
  /** Whether it is worth another try after this exit code and so many ends close together. */
  readonly mayReturn: (code: number | null, endsInARow: number) => boolean;
  /** Tells the child to end. */
  readonly dismiss: (child: ChildProcess) => void;
}

/** Pause before a child that ended by itself is started again, ms; doubled each time up to the longest. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** After so long a run an end counts as the first again, ms. */
const LONG_RUN_MS = 60_000;

/** A child that is kept running. */
export interface Kept {
  /** Ends it in order; resolves when it has ended. */
  readonly stop: () => Promise<void>;
  /** Ends it at once. */
  readonly kill: () => void;
}

/** Runs a child and starts it again when it ends by itself, ever more slowly. */
export function keepRunning({ spawn, onEnded, mayReturn, dismiss }: KeptChild): Kept {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopping = false;
  let endsInARow = 0;
  const run = (): void => {
    const startedAt = performance.now();
    child = spawn();
    child.once("error", () => undefined);
    child.once("exit", (code) => {
      child = undefined;
      if (isStopping) return;
      endsInARow = performance.now() - startedAt > LONG_RUN_MS ? 1 : endsInARow + 1;
      const isLast = !mayReturn(code, endsInARow);
      onEnded({ code, isLast });
      if (!isLast) timer = setTimeout(run, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (endsInARow - 1)));
    });
  };
  run();
  return {
    stop: () => {
      isStopping = true;
      clearTimeout(timer);
      const running = child;
      if (running === undefined) return Promise.resolve();
      return new Promise((resolve) => {
        running.once("exit", () => resolve());
        dismiss(running);
      });
    },
    kill: () => {
      isStopping = true;
      clearTimeout(timer);
      child?.kill("SIGKILL");
    },
  };
}
