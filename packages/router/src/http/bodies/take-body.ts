import type { IncomingMessage } from "node:http";
import { type HeldBytes, Reservation } from "../held-bytes.ts";
import { type HeldBody, readBody } from "../read-body.ts";
import type { Unpack } from "./zstd-unpacker.ts";

/**
 * How a route gets its body. `whole`: read before the handler runs. `decoded`: the same, and a body packed by zstd is unpacked,
 * as Ollama does it on most routes below /v1. `stream`: left on `request.raw`, whatever its size, for the handler to read.
 */
export type BodyForm = "whole" | "decoded" | "stream";

/** What bodies are taken with. */
export interface BodyParts {
  readonly held: HeldBytes;
  readonly unpack: Unpack;
}

/**
 * Takes a body in the form that its route wants; undefined for one that is left to the route.
 * @throws HerdError HERD_BODY_TOO_LARGE, HERD_TOO_MUCH_HELD, HERD_CLIENT_GONE, HERD_BAD_REQUEST.
 */
export async function takeBody(
  request: IncomingMessage,
  form: BodyForm,
  { held, unpack }: BodyParts,
): Promise<HeldBody | undefined> {
  if (form === "stream") return undefined;
  const body = await readBody(request, held);
  // Ollama compares the header as it stands: in capitals, or beside another encoding, it is not zstd.
  if (form !== "decoded" || request.headers["content-encoding"] !== "zstd") return body;
  try {
    return await unpacked(body.body, { held, unpack });
  } finally {
    forgetEncoding(request);
    body.release();
  }
}

async function unpacked(packed: Uint8Array, { held, unpack }: BodyParts): Promise<HeldBody> {
  const reservation = new Reservation(held);
  const release = (): void => reservation.release();
  try {
    const body = await unpack(packed, (size) => {
      const refusal = reservation.growTo(size);
      if (refusal !== undefined) throw refusal;
    });
    return { body, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Whoever forwards the request's headers forwards those of the unpacked body. */
function forgetEncoding({ headers, rawHeaders }: IncomingMessage): void {
  delete headers["content-encoding"];
  for (let at = rawHeaders.length - 2; at >= 0; at -= 2) {
    if (rawHeaders[at]?.toLowerCase() === "content-encoding") rawHeaders.splice(at, 2);
  }
}
