import type { BreakerState } from "../domain/candidate.ts";

/** Failures in a row that open the breaker. One refused connection may be chance; three are not. */
const OPENS_AFTER = 3;
/** First and longest time it stays open before one request may try, ms; doubled at each failed try. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 30_000;

interface Circuit {
  failures: number;
  openUntil: number;
  restMs: number;
  isCanaryOut: boolean;
}

/**
 * Breakers, one per backend: closed while calls work, open after several failures in a row, half-open once it has rested:
 * then one real request goes through as a canary, whose end closes or reopens it. Instants are ms on one clock.
 */
export class Breakers {
  readonly #circuits = new Map<string, Circuit>();

  state(key: string, now: number): BreakerState {
    const circuit = this.#circuits.get(key);
    if (circuit === undefined || circuit.failures < OPENS_AFTER) return "closed";
    if (now < circuit.openUntil || circuit.isCanaryOut) return "open";
    return "half-open";
  }

  /** A request is about to be sent; in the half-open state it is the canary. */
  began(key: string, now: number): void {
    const circuit = this.#circuits.get(key);
    if (circuit !== undefined && this.state(key, now) === "half-open") circuit.isCanaryOut = true;
  }

  /** The first byte of an answer came: a canary need not be waited for any longer, but the next failure opens again. */
  answered(key: string): void {
    const circuit = this.#circuits.get(key);
    if (circuit?.isCanaryOut !== true) return;
    circuit.isCanaryOut = false;
    circuit.failures = OPENS_AFTER - 1;
  }

  /** The backend did its work. */
  succeeded(key: string): void {
    this.#circuits.delete(key);
  }

  /** The canary ended without telling anything about the backend, for example because the client left. */
  abandoned(key: string): void {
    const circuit = this.#circuits.get(key);
    if (circuit !== undefined) circuit.isCanaryOut = false;
  }

  /** The backend could not be reached, or failed by its own fault. */
  failed(key: string, now: number): void {
    const circuit = this.#circuits.get(key) ?? {
      failures: 0,
      openUntil: 0,
      restMs: FIRST_REST_MS / 2,
      isCanaryOut: false,
    };
    // What was sent before it opened may still fail: one breakdown is not many.
    const isResting = circuit.failures >= OPENS_AFTER && now < circuit.openUntil && !circuit.isCanaryOut;
    circuit.failures += 1;
    circuit.isCanaryOut = false;
    if (circuit.failures >= OPENS_AFTER && !isResting) {
      circuit.restMs = Math.min(LONGEST_REST_MS, circuit.restMs * 2);
      circuit.openUntil = now + circuit.restMs;
    }
    this.#circuits.set(key, circuit);
  }

  /** There is news of a node: the next request may try each of its backends at once. @param owner what the keys begin with, before `/` */
  mayTryAnyOf(owner: string): void {
    for (const [key, circuit] of this.#circuits) {
      if (!key.startsWith(`${owner}/`)) continue;
      circuit.openUntil = 0;
      circuit.restMs = FIRST_REST_MS / 2;
    }
  }
}
