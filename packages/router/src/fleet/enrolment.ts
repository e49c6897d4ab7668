import type { ErrorCode } from "../domain/errors.ts";

/** The signature headers of a heartbeat, as far as they were sent. */
export interface HeartbeatSignature {
  readonly publicKey: string;
  /** On the router's clock, Unix epoch ms. */
  readonly time: number;
  readonly signature: string;
}

/** What is on record about the node id that a heartbeat names. */
export interface EnrolledNode {
  /** undefined for an agent of the predecessor. */
  readonly publicKey: string | undefined;
  readonly address: string;
  /** Time of the last accepted signed heartbeat, Unix epoch ms. */
  readonly lastTime: number;
}

/** What holds for every heartbeat. */
export interface EnrolmentPolicy {
  readonly allowLegacy: boolean;
  readonly timeWindowMs: number;
  /** Start of the router, Unix epoch ms on its clock: signed earlier is a replay, since a crash loses the last stored times. */
  readonly notBefore?: number;
}

/** One heartbeat at the door. */
export interface EnrolmentRequest {
  readonly nodeId: string;
  readonly address: string;
  /** The sender runs on the router's own machine. */
  readonly isLocal: boolean;
  readonly signature: HeartbeatSignature | undefined;
  readonly known: EnrolledNode | undefined;
  readonly policy: EnrolmentPolicy;
  /** Unix epoch ms on the router's clock. */
  readonly now: number;
}

/** Whether a heartbeat may enter. `publicKey` is what gets pinned; undefined for an agent of the predecessor. */
export type EnrolmentVerdict =
  | { readonly kind: "accepted"; readonly publicKey: string | undefined; readonly time: number }
  | { readonly kind: "refused"; readonly code: ErrorCode };

const refused = (code: ErrorCode): EnrolmentVerdict => ({ kind: "refused", code });

/**
 * Decides about a heartbeat. The first signed one pins its key to the node id; another key is refused for good, a time
 * that does not grow is a replay, and an unsigned one is only taken for an id that has no key, from the address it is bound to.
 * @param isGenuine checks the signature; called only when the key is acceptable, since it costs a key agreement.
 */
export function enrol(
  request: EnrolmentRequest,
  isGenuine: (signature: HeartbeatSignature) => boolean,
): EnrolmentVerdict {
  const { signature, known, policy, now } = request;
  if (signature === undefined) return enrolUnsigned(request);
  if (!mayPin(request, signature)) return refused("HERD_NODE_KEY_MISMATCH");
  if (!isGenuine(signature)) return refused("HERD_BAD_SIGNATURE");
  const lastTime = Math.max(known?.lastTime ?? 0, policy.notBefore ?? 0);
  const isFresh = Math.abs(signature.time - now) <= policy.timeWindowMs && signature.time > lastTime;
  if (!isFresh) return refused("HERD_REPLAYED");
  return { kind: "accepted", publicKey: signature.publicKey, time: signature.time };
}

/** A free id takes any key, a pinned one its own only, and one without a key that of the machine it is bound to. */
function mayPin({ known, address }: EnrolmentRequest, { publicKey }: HeartbeatSignature): boolean {
  if (known === undefined) return true;
  return known.publicKey === undefined ? known.address === address : known.publicKey === publicKey;
}

function enrolUnsigned({ known, policy, address, isLocal }: EnrolmentRequest): EnrolmentVerdict {
  if (known?.publicKey !== undefined) return refused("HERD_NODE_KEY_MISMATCH");
  if (!policy.allowLegacy && !isLocal) return refused("HERD_LEGACY_REFUSED");
  if (known !== undefined && known.address !== address) return refused("HERD_NODE_KEY_MISMATCH");
  return { kind: "accepted", publicKey: undefined, time: known?.lastTime ?? 0 };
}
