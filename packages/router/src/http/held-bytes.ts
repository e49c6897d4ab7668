import { HerdError } from "../domain/errors.ts";

/** Bounds of request bodies that wait in memory, bytes. */
export interface HeldLimits {
  readonly perBody: number;
  readonly together: number;
}

/** Counts the bytes of all request bodies that are held now. */
export class HeldBytes {
  readonly limits: HeldLimits;
  #held = 0;

  constructor(limits: HeldLimits) {
    this.limits = limits;
  }

  /** Reserves bytes; false when all bodies together would pass the bound. */
  take(size: number): boolean {
    if (this.#held + size > this.limits.together) return false;
    this.#held += size;
    return true;
  }

  give(size: number): void {
    this.#held -= size;
  }

  held(): number {
    return this.#held;
  }
}

const MIB = 2 ** 20;

/** The bytes one body holds of the common bound. */
export class Reservation {
  readonly #held: HeldBytes;
  #size = 0;

  constructor(held: HeldBytes) {
    this.#held = held;
  }

  /** Reserves what is missing up to this size; undefined when it may be held. */
  growTo(size: number): HerdError | undefined {
    const { perBody, together } = this.#held.limits;
    if (size > perBody) return new HerdError("HERD_BODY_TOO_LARGE", String(Math.round(perBody / MIB)));
    if (size <= this.#size) return undefined;
    if (!this.#held.take(size - this.#size))
      return new HerdError("HERD_TOO_MUCH_HELD", String(Math.round(together / MIB)));
    this.#size = size;
    return undefined;
  }

  release(): void {
    this.#held.give(this.#size);
    this.#size = 0;
  }
}
