/** What giving memory back needs. */
export interface IdleCollectionParts {
  /** A full garbage collection; takes some 30 ms in which nothing else runs. */
  readonly collect: () => void;
  /** No request runs or waits. */
  readonly isIdle: () => boolean;
  /** Requests so far. */
  readonly requests: () => number;
  /** ms on a monotonic clock. */
  readonly now: () => number;
}

/** So long nobody may have asked for anything, ms: who pauses between two questions is not to be met by a collection. */
const QUIET_MS = 10_000;
/** After the start there is only what compiling and wiring left behind, and hardly anybody to be met, ms. */
const QUIET_AT_START_MS = 1_000;

/**
 * Gives memory back to the machine, whose owner has other uses for it: once after the start and once after each spell of
 * work, when it is over. V8 itself would keep what it once had. Call `tick` about once a second.
 */
export class IdleCollection {
  readonly #parts: IdleCollectionParts;
  #quietSince: number;
  #requestsThen: number;
  #isDue = true;
  #quietMs = QUIET_AT_START_MS;

  constructor(parts: IdleCollectionParts) {
    this.#parts = parts;
    this.#quietSince = parts.now();
    this.#requestsThen = parts.requests();
  }

  tick(): void {
    const { collect, isIdle, requests, now } = this.#parts;
    const count = requests();
    if (count !== this.#requestsThen || !isIdle()) {
      this.#requestsThen = count;
      this.#quietSince = now();
      this.#isDue = true;
      this.#quietMs = QUIET_MS;
      return;
    }
    if (!this.#isDue || now() - this.#quietSince < this.#quietMs) return;
    this.#isDue = false;
    this.#quietMs = QUIET_MS;
    collect();
  }
}
