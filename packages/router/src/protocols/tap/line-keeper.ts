import { LINE_FEED } from "../json/ascii.ts";
import type { RecordBytes } from "./record.ts";

/** Bytes kept of a line that is longer: its first ones … */
const HEAD_BYTES = 1024;
/** … and its last ones. */
const TAIL_BYTES = 30 * 1024;
const CAPACITY = HEAD_BYTES + 2 * TAIL_BYTES;
const FIRST_CAPACITY = 1024;

/** Collects bytes of one line over chunks. */
export interface LineKeeper {
  append(chunk: Uint8Array, start: number, end: number): void;
  /** Bytes collected since the last `take`, cut ones included. */
  readonly length: number;
  /** The line so far. The memory is used again by later calls. */
  peek(): RecordBytes;
  /** The line so far, as memory of its own; the keeper starts anew. */
  take(): RecordBytes;
}

/** Keeps the whole of a line up to about 61 KiB, and of a longer one the beginning and the end; never more memory. */
export const createLineKeeper = (): LineKeeper => {
  let kept = new Uint8Array(0);
  let used = 0;
  let length = 0;

  const append = (chunk: Uint8Array, start: number, end: number): void => {
    length += end - start;
    let at = start;
    while (at < end) {
      if (used === kept.length) kept = makeRoom(kept, used);
      if (used === CAPACITY) used = dropMiddle(kept);
      const part = Math.min(end - at, kept.length - used);
      kept.set(chunk.subarray(at, at + part), used);
      used += part;
      at += part;
    }
  };
  const peek = (): RecordBytes => ({ bytes: kept, start: 0, end: used, isCut: length > used });
  const take = (): RecordBytes => {
    const line = { ...peek(), bytes: kept.slice(0, used) };
    used = 0;
    length = 0;
    return line;
  };
  return {
    append,
    peek,
    take,
    get length() {
      return length;
    },
  };
};

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
