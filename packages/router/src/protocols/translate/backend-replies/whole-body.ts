import { parseObject } from "../../tap/record.ts";

/** A longer answer is no answer of a model. */
const LONGEST_BODY = 64 * 1024 * 1024;

const decoder = new TextDecoder();

/** Collects a reply that is one JSON object. */
export class WholeBody {
  #pieces: Uint8Array[] = [];
  #length = 0;

  /** A chunk must not be changed afterwards. */
  add(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length > LONGEST_BODY) this.#pieces = [];
    else this.#pieces.push(piece);
  }

  /** The object; undefined when the bytes are none, or too many. */
  take(): Readonly<Record<string, unknown>> | undefined {
    if (this.#length > LONGEST_BODY) return undefined;
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return parseObject(decoder.decode(whole));
  }
}
