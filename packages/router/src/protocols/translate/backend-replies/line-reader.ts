import { LINE_FEED } from "../../json/ascii.ts";

/** A line that is longer ends the reading: no server writes such a record, and one without an end would fill memory. */
export const LONGEST_LINE = 16 * 1024 * 1024;

const CARRIAGE_RETURN = "\r";
const decoder = new TextDecoder();

/** Cuts bytes into lines, whatever the chunking. */
export class LineReader {
  #open: Uint8Array[] = [];
  #length = 0;
  #isBroken = false;

  /** Whether a line was too long; from then on there are no more lines. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** The lines that end in this chunk, without their ends. A chunk must not be changed afterwards. */
  read(chunk: Uint8Array): readonly string[] {
    if (this.#isBroken) return [];
    const lines: string[] = [];
    let start = 0;
    let feed = chunk.indexOf(LINE_FEED);
    while (feed !== -1) {
      this.#keep(chunk.subarray(start, feed));
      if (this.#isBroken) return lines;
      lines.push(...this.#take());
      start = feed + 1;
      feed = chunk.indexOf(LINE_FEED, start);
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  /** What stands after the last line end. */
  rest(): readonly string[] {
    return this.#isBroken || this.#length === 0 ? [] : this.#take();
  }

  #keep(piece: Uint8Array): void {
    this.#length += piece.length;
    this.#isBroken = this.#length > LONGEST_LINE;
    if (this.#isBroken) this.#open = [];
    else this.#open.push(piece);
  }

  /** A carriage return ends a line, too, alone or before the line feed. */
  #take(): readonly string[] {
    const [first] = this.#open;
    const whole = this.#open.length === 1 && first !== undefined ? first : Buffer.concat(this.#open);
    this.#open = [];
    this.#length = 0;
    const text = decoder.decode(whole);
    if (!text.includes(CARRIAGE_RETURN)) return [text];
    return (text.endsWith(CARRIAGE_RETURN) ? text.slice(0, -1) : text).split(CARRIAGE_RETURN);
  }
}
