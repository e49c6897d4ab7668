/** Tells who waits that the fleet has changed. */
export interface News {
  /** Something changed. Listeners are told once per turn of the event loop, however often it is called. */
  readonly tell: () => void;
  readonly onNews: (listener: () => void) => void;
  /** Resolves at the next news, or after this time at the latest, ms. */
  readonly next: (withinMs: number) => Promise<undefined>;
}

/** Builds a news desk without listeners. */
export function createNews(): News {
  const listeners: (() => void)[] = [];
  const waiting = new Set<() => void>();
  let isTold = false;
  const deliver = (): void => {
    isTold = false;
    for (const listener of listeners) listener();
    for (const wake of [...waiting]) wake();
  };
  return {
    tell: () => {
      if (isTold) return;
      isTold = true;
      setImmediate(deliver);
    },
    onNews: (listener) => {
      listeners.push(listener);
    },
    next: (withinMs) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve(undefined);
        };
        const timer = setTimeout(wake, withinMs);
        waiting.add(wake);
      }),
  };
}
