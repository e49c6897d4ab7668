import type { IncomingMessage } from "node:http";
import { HerdError } from "../domain/errors.ts";
import type { HeldBytes } from "./held-bytes.ts";

/** A whole body in memory; `release` gives its bytes back to the common bound, once. */
export interface HeldBody {
  readonly body: Uint8Array;
  readonly release: () => void;
}

const MIB = 2 ** 20;

/**
 * Reads a request body whole. The common bound is asked before the body is read where its length is told, else as it comes.
 * @throws HerdError HERD_BODY_TOO_LARGE, HERD_TOO_MUCH_HELD; HERD_CLIENT_GONE when it ends early.
 */
export function readBody(request: IncomingMessage, held: HeldBytes): Promise<HeldBody> {
  return new Promise((resolve, reject) => {
    const reservation = new Reservation(held);
    const told = Number(request.headers["content-length"] ?? 0);
    const chunks: Buffer[] = [];
    let size = 0;
    const fail = (error: HerdError): void => {
      reservation.release();
      request.removeListener("data", take);
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      const error = reservation.growTo(size);
      if (error === undefined) chunks.push(chunk);
      else fail(error);
    };
    const refusal = reservation.growTo(told);
    if (refusal !== undefined) {
      fail(refusal);
      return;
    }
    request.on("data", take);
    request.once("end", () => {
      const body = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
      resolve({ body, release: () => reservation.release() });
    });
    request.once("close", () => {
      if (!request.complete) fail(new HerdError("HERD_CLIENT_GONE", ""));
    });
  });
}

/** The bytes one body holds of the common bound. */
class Reservation {
  readonly #held: HeldBytes;
  #size = 0;

  constructor(held: HeldBytes) {
    this.#held = held;
  }

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
