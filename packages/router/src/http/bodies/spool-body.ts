import type { IncomingMessage } from "node:http";
import { HerdError } from "../../domain/errors.ts";
import type { OpenedBody, SpooledBody } from "../../domain/request-body.ts";
import { type HeldBytes, Reservation } from "../held-bytes.ts";
import { editedPieces, lengthOf, type Piece } from "./edited-pieces.ts";
import { endWhenStalled } from "./end-when-stalled.ts";
import { prepareSpoolFolder, SpoolFile } from "./spool-file.ts";

/** What spooling needs. */
export interface SpoolParts {
  /** Folder for the files; made when it is missing. */
  readonly directory: string;
  /** Bounds of one body, and of all that are spooled now together. */
  readonly held: HeldBytes;
  /**
   * Collects young garbage, where the process may ask for it. Each piece of a body is small to the collector, which does not
   * count the bytes behind it: left alone, a hundred megabytes of them gather.
   */
  readonly collectPassed?: (() => void) | undefined;
}

/** Puts a body aside while it comes in; `observe` sees every chunk. */
export type SpoolBody = (request: IncomingMessage, observe: (chunk: Uint8Array) => void) => Promise<SpooledBody>;

/** Bytes that pass, in or out, before garbage is collected. */
const COLLECT_EVERY_BYTES = 4 * 2 ** 20;

/** A body up to this size stays in memory, bytes. */
const MOST_IN_MEMORY = 256 * 2 ** 10;

/**
 * Creates the door for bodies that are too long for memory.
 * The door's promise rejects with HerdError HERD_BODY_TOO_LARGE, HERD_TOO_MUCH_HELD or HERD_CLIENT_GONE.
 */
export function createSpool({ directory, held, collectPassed }: SpoolParts): SpoolBody {
  let isReady = false;
  let passed = 0;
  const pass = (bytes: number): void => {
    passed += bytes;
    if (passed < COLLECT_EVERY_BYTES) return;
    passed = 0;
    collectPassed?.();
  };
  const createFile = (): Promise<SpoolFile> => {
    if (!isReady) prepareSpoolFolder(directory);
    isReady = true;
    return SpoolFile.create(directory);
  };
  return async (request, observe) => {
    const reservation = new Reservation(held);
    const store = new Store(createFile);
    const dispose = (): void => {
      reservation.release();
      store.giveUp();
    };
    try {
      reserve(reservation, Number(request.headers["content-length"] ?? 0));
      await take(request, async (chunk) => {
        reserve(reservation, store.length + chunk.length);
        observe(chunk);
        await store.append(chunk);
        if (store.isOnDisk) pass(chunk.length);
      });
    } catch (error) {
      dispose();
      throw error;
    }
    const { length } = store;
    return { length, open: (edits) => openBody({ store, pass }, editedPieces(length, edits)), dispose };
  };
}

function reserve(reservation: Reservation, size: number): void {
  const refusal = reservation.growTo(size);
  if (refusal !== undefined) throw refusal;
}

async function take(request: IncomingMessage, give: (chunk: Buffer) => Promise<void>): Promise<void> {
  endWhenStalled(request);
  // A refusal must be read by the client: leaving early may not end the connection.
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  try {
    for await (const chunk of chunks) await give(chunk);
  } catch (cause) {
    throw request.complete || !request.destroyed ? cause : new HerdError("HERD_CLIENT_GONE", "", { cause });
  }
}

/** Where a body is read from, and who is told how many bytes have passed. */
interface Source {
  readonly store: Store;
  readonly pass: (bytes: number) => void;
}

function openBody(source: Source, pieces: readonly Piece[]): OpenedBody {
  const length = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
  return { length, stream: streamOf(source, pieces) };
}

async function* streamOf({ store, pass }: Source, pieces: readonly Piece[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    const chunks = piece instanceof Uint8Array ? [piece] : store.read(piece);
    for await (const chunk of chunks) {
      yield chunk;
      if (store.isOnDisk) pass(chunk.length);
    }
  }
}

/** The bytes of one body: in memory while there are few, else in a file. */
class Store {
  readonly #createFile: () => Promise<SpoolFile>;
  #inMemory: Buffer[] = [];
  #file: SpoolFile | undefined;
  #length = 0;

  constructor(createFile: () => Promise<SpoolFile>) {
    this.#createFile = createFile;
  }

  get length(): number {
    return this.#length;
  }

  get isOnDisk(): boolean {
    return this.#file !== undefined;
  }

  async append(chunk: Buffer): Promise<void> {
    this.#length += chunk.length;
    if (this.#length <= MOST_IN_MEMORY) {
      this.#inMemory.push(chunk);
      return;
    }
    this.#file ??= await this.#createFile();
    const first = this.#inMemory;
    this.#inMemory = [];
    for (const bytes of [...first, chunk]) await this.#file.append(bytes);
  }

  read(range: { readonly start: number; readonly end: number }): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
    if (this.#file !== undefined) return this.#file.read(range);
    return [Buffer.concat(this.#inMemory).subarray(range.start, range.end)];
  }

  giveUp(): void {
    this.#inMemory = [];
    this.#file?.giveUp();
  }
}
