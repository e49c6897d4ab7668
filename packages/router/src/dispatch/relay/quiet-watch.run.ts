/** After so much quiet it is looked whether a stream has had its closing record, ms. */
const QUIET_MS = 1000;

/** Tells when a node has been quiet for a while. One timer serves a whole reply, so that a chunk costs next to nothing. */
export class QuietWatch {
  readonly #quietMs: number;
  readonly #onQuiet: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(onQuiet: () => void, quietMs = QUIET_MS) {
    this.#quietMs = quietMs;
    this.#onQuiet = onQuiet;
  }

  /** The quiet begins anew. */
  heard(): void {
    if (this.#timer === undefined) this.#timer = setTimeout(this.#onQuiet, this.#quietMs);
    else this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
