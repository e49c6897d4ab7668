import { LINE_FEED } from "../json/ascii.ts";
import type { RecordBytes } from "./record.ts";

/** Bytes kept of a line that is longer: its first ones … */
const HEAD_BYTES = 1024;
/** … and its last ones. */
const TAIL_BYTES = 30 * 1024;
const CAPACITY = HEAD_BYTES + 2 * TAIL_BYTES;
const FIRST_CAPACITY = 1024;
const NOTHING = new Uint8Array(0);

/** Collects bytes of one line over chunks: the whole of a line up to about 61 KiB, of a longer one the beginning and the end. */
export class LineKeeper {
  /** The one piece so far, as it lies in its chunk: most lines come in one, and need no memory of their own. */
  #borrowed: RecordBytes | undefined;
  #kept: Uint8Array<ArrayBuffer> = NOTHING;
  #used = 0;
  #length = 0;

  /** Bytes collected since the last `take`, cut ones included. */
  get length(): number {
    return this.#length;
  }

  append(chunk: Uint8Array, start: number, end: number): void {
    const isFirst = this.#length === 0;
    this.#length += end - start;
    if (isFirst && end - start <= CAPACITY) {
      this.#borrowed = { bytes: chunk, start, end, isCut: false };
      return;
    }
    const borrowed = this.#borrowed;
    this.#borrowed = undefined;
    if (borrowed !== undefined) this.#copy(borrowed);
    this.#copy({ bytes: chunk, start, end, isCut: false });
  }

  /** The line so far. The memory is used again by later calls. */
  peek(): RecordBytes {
    return this.#borrowed ?? { bytes: this.#kept, start: 0, end: this.#used, isCut: this.#length > this.#used };
  }

  /** The line so far, as memory of its own; the keeper starts anew. */
  take(): RecordBytes {
    const line = this.#borrowed ?? { ...this.peek(), bytes: this.#kept.slice(0, this.#used) };
    this.#borrowed = undefined;
    this.#used = 0;
    this.#length = 0;
    return line;
  }

  #copy({ bytes, start, end }: RecordBytes): void {
    let at = start;
    while (at < end) {
      if (this.#used === this.#kept.length) this.#kept = makeRoom(this.#kept, this.#used);
      if (this.#used === CAPACITY) this.#used = dropMiddle(this.#kept);
      const part = Math.min(end - at, this.#kept.length - this.#used);
      this.#kept.set(bytes.subarray(at, at + part), this.#used);
      this.#used += part;
      at += part;
    }
  }
}

const makeRoom = (kept: Uint8Array<ArrayBuffer>, used: number): Uint8Array<ArrayBuffer> => {
  if (used === CAPACITY) return kept;
  const roomier = new Uint8Array(Math.min(CAPACITY, Math.max(FIRST_CAPACITY, used * 4)));
  roomier.set(kept.subarray(0, used));
  return roomier;
};

/** Keeps the head and the last bytes of a full buffer; returns how much is in use then. */
const dropMiddle = (kept: Uint8Array): number => {
  kept.copyWithin(HEAD_BYTES, CAPACITY - TAIL_BYTES, CAPACITY);
  return HEAD_BYTES + TAIL_BYTES;
};

/** Cuts chunks at line feeds: whole lines, without their line feed, go to `onLine`; the rest waits in the keeper. */
export const splitLines = (chunk: Uint8Array, open: LineKeeper, onLine: (line: RecordBytes) => void): void => {
  let start = 0;
  let feed = chunk.indexOf(LINE_FEED);
  while (feed !== -1) {
    onLine(endLine(chunk, open, { start, end: feed }));
    start = feed + 1;
    feed = chunk.indexOf(LINE_FEED, start);
  }
  if (start < chunk.length) open.append(chunk, start, chunk.length);
};

const endLine = (
  chunk: Uint8Array,
  open: LineKeeper,
  { start, end }: { readonly start: number; readonly end: number },
): RecordBytes => {
  if (open.length === 0 && end - start <= CAPACITY) return { bytes: chunk, start, end, isCut: false };
  open.append(chunk, start, end);
  return open.take();
};
