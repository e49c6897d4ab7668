/** An action that is done again and again. */
export interface Repetition {
  /** Resolves when the action was done for the first time. */
  readonly firstRun: Promise<void>;
  stop(): void;
  isStopped(): boolean;
}

/** Runs an action now, and again each time so many ms after it has ended. The action must not reject. */
export function repeat(action: () => Promise<void>, pauseMs: () => number): Repetition {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const run = async (): Promise<void> => {
    await action();
    if (!isStopped) timer = setTimeout(() => void run(), pauseMs()).unref();
  };
  const stop = (): void => {
    isStopped = true;
    clearTimeout(timer);
  };
  return { firstRun: Promise.resolve().then(run), stop, isStopped: () => isStopped };
}
