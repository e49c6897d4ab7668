/** Kept decisions of the newest requests, oldest first out. */
export class DecisionLog<Stored> {
  readonly #kept = new Map<string, Stored[]>();
  readonly #capacity: number;

  /** @param capacity requests that are remembered. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds the decision of one attempt; one attempt that was decided anew keeps the newest decision. */
  keep(requestId: string, attempt: number, stored: Stored): void {
    const decisions = this.#kept.get(requestId) ?? [];
    decisions[attempt - 1] = stored;
    this.#kept.set(requestId, decisions);
    if (this.#kept.size <= this.#capacity) return;
    const oldest = this.#kept.keys().next().value;
    if (oldest !== undefined) this.#kept.delete(oldest);
  }

  /** The decisions of a request, oldest attempt first; undefined when none is kept. */
  of(requestId: string): readonly Stored[] | undefined {
    return this.#kept.get(requestId)?.filter((stored) => stored !== undefined);
  }

  /** Id of the newest request. */
  newest(): string | undefined {
    return [...this.#kept.keys()].at(-1);
  }
}
