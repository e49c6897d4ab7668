import type { IncomingMessage } from "node:http";
import { HerdError } from "../domain/errors.ts";
import { endWhenStalled } from "./bodies/end-when-stalled.ts";
import { type HeldBytes, Reservation } from "./held-bytes.ts";

/** A whole body in memory; `release` gives its bytes back to the common bound, once. */
export interface HeldBody {
  readonly body: Uint8Array;
  readonly release: () => void;
}

/**
 * Reads a request body whole. The common bound is asked before the body is read where its length is told, else as it comes.
 * @throws HerdError HERD_BODY_TOO_LARGE, HERD_TOO_MUCH_HELD; HERD_CLIENT_GONE when it ends early or comes to a standstill.
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
    endWhenStalled(request);
    request.once("end", () => {
      const body = chunks.length === 1 ? (chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(chunks);
      resolve({ body, release: () => reservation.release() });
    });
    request.once("close", () => {
      if (!request.complete) fail(new HerdError("HERD_CLIENT_GONE", ""));
    });
  });
}
