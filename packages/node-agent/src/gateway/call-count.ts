import type { ServerResponse } from "node:http";

/** Counts the calls under way. */
export interface CallCount {
  /** A call has begun; it ends with its response. */
  begin(response: ServerResponse): void;
  /** Resolves when no call is under way, or after `boundMs`. */
  ended(boundMs: number): Promise<void>;
}

/** Builds a count that stands at zero. */
export function createCallCount(): CallCount {
  let running = 0;
  let waiting: (() => void)[] = [];
  const begin = (response: ServerResponse): void => {
    running += 1;
    response.once("close", () => {
      running -= 1;
      if (running > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    });
  };
  const ended = async (boundMs: number): Promise<void> => {
    if (running === 0) return;
    const over = Promise.withResolvers<void>();
    waiting.push(over.resolve);
    const timer = setTimeout(over.resolve, boundMs);
    await over.promise;
    clearTimeout(timer);
  };
  return { begin, ended };
}
