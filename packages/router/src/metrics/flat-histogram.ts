/** Counts values per bucket, in one flat array: adding a value makes no garbage. */
export class FlatHistogram {
  readonly bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  /** @param bounds upper bounds, ascending, inclusive; what is above the last one is counted, too. */
  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** Takes a value; one that is no number is left out, a negative one counts as 0. */
  add(value: number): void {
    if (Number.isNaN(value)) return;
    const sound = Math.max(value, 0);
    const { bounds } = this;
    let at = 0;
    while (at < bounds.length && sound > (bounds[at] ?? 0)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += sound;
  }

  get isEmpty(): boolean {
    return this.#counts.every((count) => count === 0);
  }

  /** What was counted so far. */
  read(): { readonly counts: readonly number[]; readonly sum: number } {
    return { counts: [...this.#counts], sum: this.#sum };
  }
}
