/** Undoes what a test has built, the newest first, whatever fails on the way. */
export interface Cleanup {
  /** Takes note of something to undo. */
  readonly add: (undo: () => unknown) => void;
  /** Undoes everything; a second call does nothing. @throws AggregateError when something could not be undone. */
  readonly run: () => Promise<void>;
}

/** A cleanup with nothing to undo yet. */
export function createCleanup(): Cleanup {
  const undos: (() => unknown)[] = [];
  return {
    add: (undo) => {
      undos.push(undo);
    },
    run: async () => {
      const errors: unknown[] = [];
      for (let undo = undos.pop(); undo !== undefined; undo = undos.pop()) {
        try {
          await undo();
        } catch (error) {
          errors.push(error);
        }
      }
      if (errors.length > 0) throw new AggregateError(errors, "not everything could be undone");
    },
  };
}

/** Runs `use` with a cleanup of its own and undoes everything afterwards, whether it failed or not. */
export async function withCleanup<Value>(use: (cleanup: Cleanup) => Promise<Value>): Promise<Value> {
  const cleanup = createCleanup();
  try {
    return await use(cleanup);
  } finally {
    await cleanup.run();
  }
}
