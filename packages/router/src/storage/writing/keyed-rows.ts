import type { Flusher } from "./flusher.ts";

/** Values of which only the newest per key matters: waiting ones are replaced, so they need no bound. */
export interface KeyedRows<Value> {
  set(key: string, value: Value): void;
  /** The value that waits under the key. */
  get(key: string): Value | undefined;
}

export interface KeyedRowsOptions<Value> {
  /** For reports, for example `nodes`. */
  readonly name: string;
  readonly flusher: Pick<Flusher, "add" | "wake">;
  /** How long a value may wait, ms. */
  readonly withinMs: number;
  /** Writes one value inside a transaction. */
  readonly write: (value: Value) => void;
}

/** Registers itself with the flusher. */
export function createKeyedRows<Value>({ name, flusher, withinMs, write }: KeyedRowsOptions<Value>): KeyedRows<Value> {
  const waiting = new Map<string, Value>();
  flusher.add<readonly [string, Value]>({
    name,
    waiting: () => waiting.size,
    peek: (limit) => [...waiting].slice(0, limit),
    write: ([, value]) => write(value),
    forget: (count) => {
      for (const key of [...waiting.keys()].slice(0, count)) waiting.delete(key);
    },
  });
  return {
    get: (key) => waiting.get(key),
    set: (key, value) => {
      if (waiting.size === 0) flusher.wake(withinMs);
      // Newest last, so that changes to different keys are written in the order in which they came.
      waiting.delete(key);
      waiting.set(key, value);
    },
  };
}
