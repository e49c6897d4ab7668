import { type Advertisement, ALL_TYPES, instanceName, NAME_TTL } from "./advertisement.ts";
import { type DnsMessage, type DnsQuestion, recordsOf, recordType } from "./dns-message.ts";
import { type DnsName, isSameName, labelOf } from "./dns-name.ts";

/**
 * What to do about a message: `rename` where somebody else has the better claim to the name, `defend` the own one at once, `answer` a
 * question when its turn comes, `answer-outsider` directly to one who asks from outside of multicast DNS.
 */
export type Reaction = "ignore" | "rename" | "defend" | "answer" | "answer-outsider";

/** When a message arrives. */
export interface ReactionTime {
  /** The name is not established yet. */
  readonly isProbing: boolean;
  /** It came from another port than that of multicast DNS. */
  readonly isOutsider: boolean;
}

/** Decides what a message asks of somebody who announces something. */
export function reactionTo(advertisement: Advertisement, message: DnsMessage, when: ReactionTime): Reaction {
  const rival = rivalIn(advertisement, message);
  if (when.isProbing) return isLostTo(rival, message) ? "rename" : "ignore";
  // Who stands keeps the name from one who only wants it.
  if (rival !== "none") return rival === "prevails" && message.isResponse ? "rename" : "defend";
  if (!isAskedFor(advertisement, message)) return "ignore";
  if (when.isOutsider) return "answer-outsider";
  return message.authorities.length > 0 ? "defend" : "answer";
}

/** Somebody has the name already, or wants it at the same time with the better claim. */
const isLostTo = (rival: Rival, message: DnsMessage): boolean =>
  rival === "prevails" || (rival === "yields" && message.isResponse);

/** Whether a message asks for any of this, and does not show that the asker knows it already. */
function isAskedFor(advertisement: Advertisement, message: DnsMessage): boolean {
  return !message.isResponse && message.questions.some((question) => isAbout(advertisement, question, message));
}

function isAbout(advertisement: Advertisement, { name, type }: DnsQuestion, { answers }: DnsMessage): boolean {
  const own = instanceName(advertisement);
  const asksFor = (...types: readonly number[]): boolean => type === recordType.ANY || types.includes(type);
  if (isSameName(name, own)) return asksFor(recordType.SRV, recordType.TXT);
  if (isSameName(name, advertisement.host)) return asksFor(recordType.A);
  if (isSameName(name, ALL_TYPES)) return asksFor(recordType.PTR);
  if (!isSameName(name, advertisement.type) || !asksFor(recordType.PTR)) return false;
  // An answer with at least half of its life left need not be given again (RFC 6762 section 7.1).
  return !answers.some((known) => known.type === "PTR" && isSameName(known.target, own) && known.ttl >= NAME_TTL / 2);
}

/** How somebody else's claim to the name compares: `yields` is ours to keep, `prevails` is theirs. */
type Rival = "none" | "yields" | "prevails";

/** Looks for somebody else who has, or wants, the same name. Both sides come to the same end (RFC 6762 section 8.2). */
function rivalIn(advertisement: Advertisement, message: DnsMessage): Rival {
  const own = instanceName(advertisement);
  const ours = claimOf(advertisement);
  const theirs = recordsOf(message).flatMap((record) =>
    record.type === "SRV" && record.ttl > 0 && isSameName(record.name, own)
      ? [claimOf({ host: record.target, port: record.port })]
      : [],
  );
  const others = theirs.filter((claim) => claim !== ours);
  if (others.length === 0) return "none";
  return others.some((claim) => claim > ours) ? "prevails" : "yields";
}

const claimOf = ({ host, port }: { readonly host: DnsName; readonly port: number }): string =>
  `${String(port).padStart(5, "0")} ${host.join(".").toLowerCase()}`;

/** The next name to try: `Router`, `Router (2)`, `Router (3)`. */
export function nextName(name: string): string {
  const [, base = name, count = "1"] = /^([\s\S]*) \((\d{1,6})\)$/.exec(name) ?? [];
  return labelOf(base, ` (${Number(count) + 1})`);
}
