import type { IncomingMessage } from "node:http";
import { type GatewayRefusal, LINK_TIME_WINDOW_MS, linkHeaders, signaturesMatch, signCall } from "@herd/shared/link";
import { isLoopback, normaliseAddress } from "../agent/addresses.ts";
import type { RouterPeer } from "../agent/membership.ts";
import { createNonceMemory } from "./nonce-memory.ts";

/** Why a call may not pass; `reason` is for the log and the answer. */
export interface Denial {
  readonly refusal: Exclude<GatewayRefusal, "unreachable">;
  readonly reason: string;
}

/** What deciding about calls needs. */
export interface GuardDependencies {
  /** Routers that may call now. */
  readonly peers: () => readonly RouterPeer[];
  /** The agent's clock, Unix epoch ms, never running backwards; its heartbeats state the same. */
  readonly now: () => number;
}

/** Decides about calls; `undefined` lets one pass. */
export interface Guard {
  judge(call: IncomingMessage): Denial | undefined;
  /** Whether a router may call from this address. */
  isRouter(address: string | undefined): boolean;
}

/** Room for calls that were signed in the moment before the start and are still under way, ms. */
const START_GRACE_MS = 1_000;
const LONGEST_NONCE = 128;

/**
 * Lets calls pass that come from a router's address and carry a time near this machine's, a nonce never seen before and the
 * signature of exactly this method and path.
 */
export function createGuard({ peers, now }: GuardDependencies): Guard {
  const nonces = createNonceMemory({ notBefore: now() - START_GRACE_MS });
  const peersAt = (address: string | undefined): readonly RouterPeer[] => {
    const caller = normaliseAddress(address);
    if (caller === undefined) return [];
    return peers().filter((peer) => peer.address === caller || (peer.isLocal && isLoopback(caller)));
  };
  const judge = (call: IncomingMessage): Denial | undefined => {
    const candidates = peersAt(call.socket.remoteAddress);
    if (candidates.length === 0) return { refusal: "refused", reason: "this address is not the router's" };
    const signed = readSigned(call);
    if (signed === undefined) return unauthorised("the call is not signed");
    const expected = ({ secret }: RouterPeer) => signCall(secret, signed);
    if (!candidates.some((peer) => signaturesMatch(expected(peer), signed.signature)))
      return unauthorised("the signature is wrong");
    if (Math.abs(signed.time - now()) > LINK_TIME_WINDOW_MS) return unauthorised("its time is too far from this clock");
    if (!nonces.accept(signed.nonce, signed.time)) return unauthorised("the call was made before");
    return undefined;
  };
  return { judge, isRouter: (address) => peersAt(address).length > 0 };
}

const unauthorised = (reason: string): Denial => ({ refusal: "unauthorised", reason });

interface ReadCall {
  readonly method: string;
  readonly path: string;
  readonly time: number;
  readonly nonce: string;
  readonly signature: string;
}

function readSigned({ method, url, headers }: IncomingMessage): ReadCall | undefined {
  const time = Number(headers[linkHeaders.time] ?? Number.NaN);
  const nonce = headers[linkHeaders.nonce];
  const signature = headers[linkHeaders.signature];
  if (method === undefined || url === undefined || !Number.isSafeInteger(time)) return undefined;
  if (typeof nonce !== "string" || nonce === "" || nonce.length > LONGEST_NONCE) return undefined;
  return typeof signature === "string" ? { method, path: url, time, nonce, signature } : undefined;
}
