/** Counts the exchanges whose answer has not ended. */
export interface OpenExchanges {
  count(): number;
  enter(): void;
  leave(): void;
  /** Settles as soon as there are none. */
  untilNone(): Promise<void>;
}

/** Creates a count of zero. */
export function createOpenExchanges(): OpenExchanges {
  let count = 0;
  let waiting: (() => void)[] = [];
  return {
    count: () => count,
    enter() {
      count++;
    },
    leave() {
      count--;
      if (count > 0) return;
      const settled = waiting;
      waiting = [];
      for (const settle of settled) settle();
    },
    untilNone: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
