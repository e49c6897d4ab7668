interface Kept<Stored> {
  readonly requestId: string;
  /** By attempt, the first at 0. */
  readonly decisions: Stored[];
}

/**
 * Kept decisions of the newest requests, oldest first out. A ring: keeping costs the same whatever is kept; finding looks
 * through it, newest first.
 */
export class DecisionLog<Stored> {
  readonly #ring: Kept<Stored>[] = [];
  readonly #capacity: number;
  #count = 0;

  /** @param capacity requests that are remembered. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds the decision of one attempt; one attempt that was decided anew keeps the newest decision. */
  keep(requestId: string, attempt: number, stored: Stored): void {
    const known = attempt === 1 ? undefined : this.#find(requestId);
    if (known !== undefined) {
      known.decisions[attempt - 1] = stored;
      return;
    }
    const decisions: Stored[] = [];
    decisions[attempt - 1] = stored;
    if (this.#capacity > 0) this.#ring[this.#count % this.#capacity] = { requestId, decisions };
    this.#count += 1;
  }

  /** The decisions of a request, oldest attempt first; the newest request when an id was used twice; undefined when none is kept. */
  of(requestId: string): readonly Stored[] | undefined {
    return this.#find(requestId)?.decisions.filter((stored) => stored !== undefined);
  }

  /** Id of the newest request. */
  newest(): string | undefined {
    return this.#at(this.#count - 1)?.requestId;
  }

  #find(requestId: string): Kept<Stored> | undefined {
    const oldest = Math.max(0, this.#count - this.#capacity);
    for (let at = this.#count - 1; at >= oldest; at -= 1) {
      const kept = this.#at(at);
      if (kept?.requestId === requestId) return kept;
    }
    return undefined;
  }

  #at(count: number): Kept<Stored> | undefined {
    return count < 0 ? undefined : this.#ring[count % this.#capacity];
  }
}
