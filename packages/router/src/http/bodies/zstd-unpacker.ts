import { constants, createZstdDecompress } from "node:zlib";
import { HerdError } from "../../domain/errors.ts";

/** Ollama's bounds: unpacked bytes of a body, and the window that a frame may ask for (2^23 bytes). */
const MOST_BYTES = 20 * 2 ** 20;
const PARAMETERS = { chunkSize: 2 ** 18, params: { [constants.ZSTD_d_windowLogMax]: 23 } };
const TOO_LARGE = "http: request body too large";

/** Nobody packs a body of 20 MiB in more pieces than this; each costs a decoder. */
const MOST_FRAMES = 1_024;

/** So many bodies are unpacked at a time: a few bytes can ask for 20 MiB, and many of them for more than is there. */
const MOST_AT_A_TIME = 2;

/** What Ollama says to a body that cannot be unpacked, by the decoder's code. */
const SENTENCES: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: "unexpected EOF",
  ZSTD_error_prefix_unknown: "invalid input: magic number mismatch",
  ZSTD_error_frameParameter_windowTooLarge: "window size exceeded",
};

/** Unpacks a body. `reserve` is told the size so far before more is unpacked, and may refuse by throwing. */
export type Unpack = (packed: Uint8Array, reserve: (size: number) => void) => Promise<Uint8Array>;

/**
 * Creates what unpacks bodies, each when its turn has come, frame by frame. Its promise rejects with HerdError
 * HERD_BAD_REQUEST for what is no zstd, or unpacks to more than 20 MiB.
 */
export function createZstdUnpacker(): Unpack {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (packed, reserve) => {
    if (running >= MOST_AT_A_TIME) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await decodeFrames(packed, reserve);
    } finally {
      // The turn is handed on, or given back.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

async function decodeFrames(packed: Uint8Array, reserve: (size: number) => void): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const take = (chunk: Uint8Array): void => {
    size += chunk.length;
    if (size > MOST_BYTES) throw new HerdError("HERD_BAD_REQUEST", TOO_LARGE);
    reserve(size);
    chunks.push(chunk);
  };
  let at = skipEmptyFrames(packed, 0);
  for (let frames = 1; at < packed.length; frames += 1) {
    if (frames > MOST_FRAMES) throw new HerdError("HERD_BAD_REQUEST", "invalid input: too many frames");
    if (size + toldSize(packed.subarray(at)) > MOST_BYTES) throw new HerdError("HERD_BAD_REQUEST", TOO_LARGE);
    const decoder = createZstdDecompress(PARAMETERS);
    decoder.end(packed.subarray(at));
    await drain(decoder, take);
    at = skipEmptyFrames(packed, at + decoder.bytesWritten);
  }
  return chunks.length === 1 ? (chunks[0] ?? packed) : Buffer.concat(chunks);
}

/** What a frame says it unpacks to, bytes; 0 where it says nothing (RFC 8878, 3.1.1.1). It may lie: then the decoder finds out. */
function toldSize(frame: Uint8Array): number {
  const descriptor = frame[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingleSegment ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const width = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  // Only the two widest fields can tell too much.
  if (width < 4 || at + width > frame.length) return 0;
  return width === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}

async function drain(decoder: AsyncIterable<Uint8Array>, take: (chunk: Uint8Array) => void): Promise<void> {
  try {
    for await (const chunk of decoder) take(chunk);
  } catch (error) {
    throw error instanceof HerdError ? error : asRefusal(error as NodeJS.ErrnoException);
  }
}

function asRefusal(cause: NodeJS.ErrnoException): HerdError {
  const sentence = SENTENCES[cause.code ?? ""] ?? `invalid input: ${cause.message}`;
  return new HerdError("HERD_BAD_REQUEST", sentence, { cause });
}

/** Frames that hold nothing for the reader: a magic number out of sixteen, then their length (RFC 8878, 3.1.2). */
function skipEmptyFrames(packed: Uint8Array, from: number): number {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  let at = from;
  while (at + 8 <= packed.length && (view.getUint32(at, true) & 0xfffffff0) >>> 0 === 0x184d2a50) {
    at += 8 + view.getUint32(at + 4, true);
  }
  if (at > packed.length) throw new HerdError("HERD_BAD_REQUEST", "unexpected EOF");
  return at;
}
