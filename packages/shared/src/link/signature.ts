import { createHmac, timingSafeEqual } from "node:crypto";
import type { LinkSecret } from "./identity.ts";

/** What a heartbeat's signature covers: the time on the router's clock (ms) and the exact body bytes. */
export interface SignedHeartbeat {
  readonly time: number;
  readonly body: Uint8Array;
}

/** What a gateway call's signature covers; never the body, so that it can stream. `path` includes the query. */
export interface SignedCall {
  readonly method: string;
  readonly path: string;
  readonly time: number;
  readonly nonce: string;
}

/** Signs a heartbeat. */
export function signHeartbeat(secret: LinkSecret, { time, body }: SignedHeartbeat): string {
  return createHmac("sha256", secret).update(`heartbeat\n${time}\n`).update(body).digest("hex");
}

/** Signs a call to a node's gateway. */
export function signCall(secret: LinkSecret, { method, path, time, nonce }: SignedCall): string {
  return createHmac("sha256", secret).update(`call\n${method}\n${path}\n${time}\n${nonce}`).digest("hex");
}

/** Compares two hex signatures in constant time; false for any other text. */
export function signaturesMatch(expected: string, given: string): boolean {
  if (given.length !== expected.length || !/^[0-9a-f]+$/.test(given)) return false;
  return timingSafeEqual(Buffer.from(expected, "hex"), Buffer.from(given, "hex"));
}
