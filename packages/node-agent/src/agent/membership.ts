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
}

type Standing = { readonly kind: "member"; readonly secret: LinkSecret } | { readonly kind: "legacy" };
type Introduction = Standing | Exclude<Delivery, { kind: "accepted" }>;

/** The one refusal that neither another time nor another key can cure. */
export const KEY_MISMATCH = "HERD_NODE_KEY_MISMATCH";

/** Builds a membership that has not met its router yet. */
export function createMembership({ identity, calls, now }: MembershipDependencies): Membership {
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
    const introduction = introductionOf(identity, await listen(calls.readIdentity()));
    if (isStanding(introduction)) standing = introduction;
    return introduction;
  };
  const post = async (from: Standing, body: Uint8Array): Promise<Delivery> => {
    const headers =
      from.kind === "legacy" ? {} : signatureOf({ identity, secret: from.secret, time: clock.next(), body });
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
    if (delivery.kind === "accepted") accepted = current();
    else standing = undefined;
    return delivery;
  };
  // A router may send its first call before this side has read its answer to the heartbeat.
  const peers = (): readonly RouterPeer[] =>
    [accepted, isSpeaking ? current() : undefined].filter((peer) => peer !== undefined);
  return { deliver, peers };
}

const isStanding = (introduction: Introduction): introduction is Standing =>
  introduction.kind === "member" || introduction.kind === "legacy";

const isCurable = ({ status, code }: Refusal): boolean => (status === 401 || status === 403) && code !== KEY_MISMATCH;

/** A router of the predecessor has no such route and needs no signature. */
function introductionOf(identity: Identity, answer: RouterAnswer): Introduction {
  if (answer.kind === "failed") return answer;
  if (answer.status === 404) return { kind: "legacy" };
  if (answer.status >= 500) return { kind: "failed", reason: `the router answered ${answer.status}` };
  const introduced = routerIdentity.safeParse(answer.body);
  if (answer.status !== 200 || !introduced.success) return refusalOf(answer.status, answer.body);
  try {
    return { kind: "member", secret: deriveLinkSecret(identity, introduced.data.public_key) };
  } catch {
    return { kind: "failed", reason: "the router's public key cannot be used" };
  }
}

interface Signed {
  readonly identity: Identity;
  readonly secret: LinkSecret;
  readonly time: number;
  readonly body: Uint8Array;
}

function signatureOf({ identity, secret, time, body }: Signed): Readonly<Record<string, string>> {
  return {
    [linkHeaders.key]: identity.publicKey,
    [linkHeaders.time]: String(time),
    [linkHeaders.signature]: signHeartbeat(secret, { time, body }),
  };
}
