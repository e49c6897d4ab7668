import { routerIdentity } from "@herd/shared";
import {
  createPeerClock,
  deriveLinkSecret,
  type Identity,
  type LinkSecret,
  linkHeaders,
  signHeartbeat,
} from "@herd/shared/link";
import { type Delivery, deliveryOf, type Refusal, refusalOf, routerTimeOf } from "./delivery.ts";
import type { RouterAddress, RouterAnswer, RouterCalls } from "./router-calls.ts";

/** A router that may call this node: its address and the secret it signs with. */
export interface RouterPeer extends RouterAddress {
  readonly secret: LinkSecret;
}

/** The bond between this agent and its router. */
export interface Membership {
  /** Signs and sends a heartbeat; learns the router's key and clock where needed. Never throws. */
  deliver(body: Uint8Array): Promise<Delivery>;
  /** Routers that may call the gateway now: the one that accepted a heartbeat last, and the one being spoken to. */
  peers(): readonly RouterPeer[];
}

/** What a membership needs. */
export interface MembershipDependencies {
  readonly identity: Identity;
  readonly calls: RouterCalls;
  /** Unix epoch ms, never running backwards. */
  readonly now: () => number;
  /** Default: whoever answers is the router. */
  readonly trust?: RouterTrust;
}

/** Which router may be joined, by its public key; undefined stands for a router without one. */
export interface RouterTrust {
  /** Why it may not; undefined when it may. */
  readonly objectionTo: (routerKey: string | undefined) => string | undefined;
  /** It accepted a heartbeat. */
  readonly onAccepted: (routerKey: string | undefined) => void;
}

type Standing =
  | { readonly kind: "member"; readonly secret: LinkSecret; readonly routerKey: string }
  | { readonly kind: "legacy"; readonly routerKey?: never };
type Introduction = Standing | Exclude<Delivery, { kind: "accepted" }>;

/** The one refusal that neither another time nor another key can cure. */
export const KEY_MISMATCH = "HERD_NODE_KEY_MISMATCH";

/** Builds a membership that has not met its router yet. */
export function createMembership({ identity, calls, now, trust = anyRouter }: MembershipDependencies): Membership {
  const clock = createPeerClock(now);
  let standing: Standing | undefined;
  let accepted: RouterPeer | undefined;
  let isSpeaking = false;

  const listen = async (call: Promise<RouterAnswer>): Promise<RouterAnswer> => {
    const answer = await call;
    const time = routerTimeOf(answer);
    if (time !== undefined) clock.learn(time);
    return answer;
  };
  const introduce = async (): Promise<Introduction> => {
    const introduction = examined(introductionOf(identity, await listen(calls.readIdentity())), trust);
    if (isStanding(introduction)) standing = introduction;
    return introduction;
  };
  const post = async (from: Standing, body: Uint8Array): Promise<Delivery> => {
    const headers = signatureOf(from, () => ({ identity, time: clock.next(), body }));
    return deliveryOf(await listen(calls.postHeartbeat(body, headers)), from.kind === "legacy");
  };
  /** A refusal may come from an old key or a wrong clock: the router is asked anew, and the heartbeat sent once more. */
  const converse = async (body: Uint8Array): Promise<Delivery> => {
    const known = standing ?? (await introduce());
    if (!isStanding(known)) return known;
    const first = await post(known, body);
    if (first.kind !== "refused" || !isCurable(first)) return first;
    const renewed = await introduce();
    return isStanding(renewed) ? post(renewed, body) : renewed;
  };
  const current = (): RouterPeer | undefined => {
    const address = calls.address();
    return standing?.kind === "member" && address !== undefined ? { ...address, secret: standing.secret } : undefined;
  };
  const deliver = async (body: Uint8Array): Promise<Delivery> => {
    isSpeaking = true;
    const delivery = await converse(body);
    isSpeaking = false;
    if (delivery.kind === "accepted") {
      accepted = current();
      trust.onAccepted(standing?.routerKey);
    } else standing = undefined;
    return delivery;
  };
  // A router may send its first call before this side has read its answer to the heartbeat.
  const peers = (): readonly RouterPeer[] =>
    [accepted, isSpeaking ? current() : undefined].filter((peer) => peer !== undefined);
  return { deliver, peers };
}

const anyRouter: RouterTrust = { objectionTo: () => undefined, onAccepted: () => undefined };

const isStanding = (introduction: Introduction): introduction is Standing =>
  introduction.kind === "member" || introduction.kind === "legacy";

const isCurable = ({ status, code }: Refusal): boolean => (status === 401 || status === 403) && code !== KEY_MISMATCH;

/** Leaves out a router that may not be joined. */
function examined(introduction: Introduction, trust: RouterTrust): Introduction {
  const objection = isStanding(introduction) ? trust.objectionTo(introduction.routerKey) : undefined;
  return objection === undefined ? introduction : { kind: "failed", reason: objection };
}

/** A router of the predecessor has no such route and needs no signature. */
function introductionOf(identity: Identity, answer: RouterAnswer): Introduction {
  if (answer.kind === "failed") return answer;
  if (answer.status === 404) return { kind: "legacy" };
  if (answer.status >= 500) return { kind: "failed", reason: `the router answered ${answer.status}` };
  const introduced = routerIdentity.safeParse(answer.body);
  if (answer.status !== 200 || !introduced.success) return refusalOf(answer.status, answer.body);
  try {
    const { public_key: routerKey } = introduced.data;
    return { kind: "member", secret: deriveLinkSecret(identity, routerKey), routerKey };
  } catch {
    return { kind: "failed", reason: "the router's public key cannot be used" };
  }
}

interface Signed {
  readonly identity: Identity;
  readonly time: number;
  readonly body: Uint8Array;
}

/** Headers for a heartbeat; none for a router of the predecessor, which uses up no time either. */
function signatureOf(standing: Standing, signed: () => Signed): Readonly<Record<string, string>> {
  if (standing.kind === "legacy") return {};
  const { identity, time, body } = signed();
  return {
    [linkHeaders.key]: identity.publicKey,
    [linkHeaders.time]: String(time),
    [linkHeaders.signature]: signHeartbeat(standing.secret, { time, body }),
  };
}
