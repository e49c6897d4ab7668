/** Values kept of one measure. Up to seven absurd ones do not move their median beyond the sound ones. */
const RECENT_WINDOW = 15;

/** The newest values of one measure, with their median at hand: taking a value costs some comparisons, no sorting. */
export class RecentValues {
  /** Oldest first. */
  readonly #values: number[] = [];
  readonly #sorted: number[] = [];

  /** @param values oldest first; only the newest that fit are kept. */
  constructor(values: readonly number[] = []) {
    for (const value of values.slice(-RECENT_WINDOW)) this.take(value);
  }

  take(value: number): void {
    if (this.#values.length === RECENT_WINDOW) this.#dropOldest();
    this.#values.push(value);
    let at = this.#sorted.length;
    while (at > 0 && (this.#sorted[at - 1] ?? 0) > value) at -= 1;
    this.#sorted.splice(at, 0, value);
  }

  /** undefined while there is no value. */
  median(): number | undefined {
    const { length } = this.#sorted;
    const upper = this.#sorted[length >> 1];
    if (upper === undefined || length % 2 === 1) return upper;
    return ((this.#sorted[(length >> 1) - 1] ?? upper) + upper) / 2;
  }

  /** A copy, oldest first. */
  values(): readonly number[] {
    return [...this.#values];
  }

  #dropOldest(): void {
    const oldest = this.#values.shift();
    if (oldest !== undefined) this.#sorted.splice(this.#sorted.indexOf(oldest), 1);
  }
}
