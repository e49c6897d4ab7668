import { joined } from "./reply-texts.ts";

/** Error answers are held up to this size, bytes. */
const LONGEST_HELD_ANSWER = 1 << 20;

/** The body of an answer that is held back, while it comes in. */
export class GatheredBody {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  get chunks(): readonly Uint8Array[] {
    return this.#chunks;
  }

  get isTooLong(): boolean {
    return this.#length > LONGEST_HELD_ANSWER;
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
  }

  /** All of it in one piece, or of a body that is too long as much as may be held. */
  bytes(): Uint8Array {
    return joined(this.#chunks).subarray(0, LONGEST_HELD_ANSWER);
  }
}
