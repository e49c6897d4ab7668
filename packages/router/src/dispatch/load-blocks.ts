/** First and longest time a (node, model) is left alone after it could not be loaded, ms; doubled at each failure. */
const FIRST_BLOCK_MS = 30_000;
const LONGEST_BLOCK_MS = 600_000;

interface Block {
  until: number;
  lengthMs: number;
}

/** Remembers which node could not load which model, decaying: it says nothing about the node's other models. */
export class LoadBlocks {
  readonly #blocks = new Map<string, Block>();

  isBlocked(laneKey: string, now: number): boolean {
    const block = this.#blocks.get(laneKey);
    return block !== undefined && now < block.until;
  }

  failed(laneKey: string, now: number): void {
    const lengthMs = Math.min(LONGEST_BLOCK_MS, (this.#blocks.get(laneKey)?.lengthMs ?? FIRST_BLOCK_MS / 2) * 2);
    this.#blocks.set(laneKey, { until: now + lengthMs, lengthMs });
  }

  succeeded(laneKey: string): void {
    this.#blocks.delete(laneKey);
  }
}
