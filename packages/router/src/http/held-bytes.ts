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
