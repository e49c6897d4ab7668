/** Retries are never forbidden below this many in a minute. */
const ALWAYS_ALLOWED = 10;
const WINDOW_MS = 60_000;
const BUCKETS = 12;
const BUCKET_MS = WINDOW_MS / BUCKETS;

/** Keeps retries of the whole fleet below a share of the last minute's requests, so that a failing fleet is not flooded. */
export class RetryBudget {
  readonly #sharePct: () => number;
  readonly #requests: number[] = Array.from({ length: BUCKETS }, () => 0);
  readonly #retries: number[] = Array.from({ length: BUCKETS }, () => 0);
  #bucket = 0;

  /** @param sharePct retries allowed per 100 requests, asked anew each time. */
  constructor(sharePct: () => number) {
    this.#sharePct = sharePct;
  }

  /** A request arrived. @param now ms on the monotonic clock. */
  request(now: number): void {
    this.#turn(now);
    this.#add(this.#requests);
  }

  /** Takes one retry out of the budget, if there is one. */
  take(now: number): boolean {
    this.#turn(now);
    const allowed = Math.max(ALWAYS_ALLOWED, Math.floor((this.#sharePct() * sum(this.#requests)) / 100));
    if (sum(this.#retries) >= allowed) return false;
    this.#add(this.#retries);
    return true;
  }

  #add(counts: number[]): void {
    const at = this.#bucket % BUCKETS;
    counts[at] = (counts[at] ?? 0) + 1;
  }

  #turn(now: number): void {
    const bucket = Math.floor(now / BUCKET_MS);
    const steps = Math.min(BUCKETS, Math.max(0, bucket - this.#bucket));
    for (let step = 1; step <= steps; step += 1) {
      const at = (bucket - steps + step) % BUCKETS;
      this.#requests[at] = 0;
      this.#retries[at] = 0;
    }
    if (bucket > this.#bucket) this.#bucket = bucket;
  }
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
