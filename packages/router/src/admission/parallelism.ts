/** Bounds and starting point of the learning. */
export interface ParallelismRules {
  readonly assumed: number;
  readonly max: number;
  /** Predicted ms from dispatch to first byte on the loaded model; undefined when nothing was learned. */
  readonly predictedFirstByteMs: () => number | undefined;
}

/** One extra request is admitted as a probe at most this often, ms. */
const PROBE_EVERY_MS = 10_000;
/** No probe for this long after the backend was seen to serialise, ms. */
const REFUTED_FOR_MS = 600_000;
/** A first byte later than this many times its prediction was held back by something. */
const HELD_BACK_FACTOR = 2;

interface Flight {
  readonly id: number;
  readonly startedAt: number;
  /** Requests in flight when it began, itself included. */
  readonly peers: number;
  hasFirstByte: boolean;
  /** An older request sent its last byte while this one still waited for its first, with all peers in flight till then. */
  sawOlderEnd: boolean;
  isCrowded: boolean;
}

/**
 * Learns how many requests a backend computes at once for one model, from what overlaps and what does not: k is proven
 * when k requests had sent a first byte and none its last at one moment; k is refuted when, with k in flight throughout
 * its wait, a request's first byte came only after an older one's last byte and later than twice its predicted time.
 * Requests that never overlapped teach nothing. Instants are ms on one monotonic clock.
 */
export class Parallelism {
  readonly #rules: ParallelismRules;
  /** At most a few dozen: a list is looked through faster than a Map is filled and emptied. */
  readonly #flights: Flight[] = [];
  #reported: number | undefined;
  #proven: number;
  #isLearned = false;
  #streaming = 0;
  #lastProbeAt = Number.NEGATIVE_INFINITY;
  #refutedUntil = Number.NEGATIVE_INFINITY;

  constructor(rules: ParallelismRules) {
    this.#rules = rules;
    this.#proven = Math.min(rules.assumed, rules.max);
  }

  /** Slots now; with requests waiting, one extra is admitted as a probe when one is due. */
  limit(now: number, hasWaiting: boolean): number {
    if (this.#reported !== undefined) return this.#reported;
    const isProbing = this.#flights.length > this.#proven;
    if (hasWaiting && !isProbing && this.#isProbeDue(now)) return this.#proven + 1;
    return this.#proven;
  }

  /** Slots without any probe. */
  provenLimit(): number {
    return this.#reported ?? this.#proven;
  }

  source(): "reported" | "assumed" | "learned" {
    if (this.#reported !== undefined) return "reported";
    return this.#isLearned ? "learned" : "assumed";
  }

  /** The backend's own word, which ends the guessing; undefined when it does not tell. */
  report(value: number | undefined): void {
    this.#reported = value === undefined ? undefined : Math.min(Math.max(1, value), this.#rules.max);
  }

  begin(id: number, now: number): void {
    const peers = this.#flights.length + 1;
    if (peers > this.#proven) this.#lastProbeAt = now;
    this.#flights.push({ id, startedAt: now, peers, hasFirstByte: false, sawOlderEnd: false, isCrowded: true });
  }

  firstByte(id: number, now: number): void {
    const flight = this.#flights.find((one) => one.id === id);
    if (flight === undefined || flight.hasFirstByte) return;
    flight.hasFirstByte = true;
    this.#streaming += 1;
    this.#judgeWait(flight, now);
    if (this.#streaming <= this.#proven) return;
    this.#proven = Math.min(this.#streaming, this.#rules.max);
    this.#isLearned = true;
  }

  end(id: number): void {
    const at = this.#flights.findIndex((one) => one.id === id);
    const [ended] = at < 0 ? [] : this.#flights.splice(at, 1);
    if (ended === undefined) return;
    if (ended.hasFirstByte) this.#streaming -= 1;
    for (const flight of this.#flights) noteEnd(flight, ended, this.#flights.length + 1);
  }

  /** The backend turned a request away as too many. */
  busy(now: number): void {
    this.#refute(Math.max(2, this.#flights.length), now);
  }

  #isProbeDue(now: number): boolean {
    const isAllowed = this.#proven < this.#rules.max && now >= this.#refutedUntil;
    return isAllowed && now - this.#lastProbeAt >= PROBE_EVERY_MS;
  }

  #judgeWait(flight: Flight, now: number): void {
    const predicted = this.#rules.predictedFirstByteMs();
    if (!flight.sawOlderEnd || predicted === undefined) return;
    if (now - flight.startedAt > HELD_BACK_FACTOR * predicted) this.#refute(flight.peers, now);
  }

  #refute(peers: number, now: number): void {
    this.#proven = Math.max(1, Math.min(this.#proven, peers - 1));
    this.#isLearned = true;
    this.#refutedUntil = now + REFUTED_FOR_MS;
  }
}

function noteEnd(flight: Flight, ended: Flight, inFlightBefore: number): void {
  if (flight.hasFirstByte) return;
  if (inFlightBefore < flight.peers) flight.isCrowded = false;
  const wasOlder = ended.startedAt <= flight.startedAt && ended.hasFirstByte;
  if (wasOlder && flight.isCrowded) flight.sawOlderEnd = true;
}
