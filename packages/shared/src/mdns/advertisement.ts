import { type DnsMessage, type DnsRecord, messageOf, recordType } from "./dns-message.ts";
import { type DnsName, isSameName, nameOf } from "./dns-name.ts";

/** What is announced. */
export interface Advertisement {
  /** Its own name, one label: `Fleet Manager Router`. */
  readonly name: string;
  /** `_fleet-manager._tcp.local` */
  readonly type: DnsName;
  /** Name under which its address is announced; nobody else's. */
  readonly host: DnsName;
  readonly port: number;
  /** `key=value` each. */
  readonly texts: readonly string[];
}

/** Lifetime of what depends on the machine's address, seconds (RFC 6762 section 10). */
const PLACE_TTL = 120;
/** Lifetime of the rest, seconds. */
export const NAME_TTL = 4_500;
/** Longest lifetime that is told to those who do not take part in multicast DNS, seconds (section 6.7). */
const OUTSIDER_TTL = 10;
/** Asked by those who list every type there is (RFC 6763 section 9). */
export const ALL_TYPES = nameOf("_services._dns-sd._udp.local");

/** The whole name of what is announced. */
export const instanceName = ({ name, type }: Advertisement): DnsName => [name, ...type];

/** Everything there is to say, with the address for the network it is said in. */
export function announcementOf(advertisement: Advertisement, address: string): DnsMessage {
  const { type, host, port, texts } = advertisement;
  const name = instanceName(advertisement);
  const answers: readonly DnsRecord[] = [
    { type: "PTR", name: type, target: name, ttl: NAME_TTL, isFlush: false },
    { type: "SRV", name, target: host, port, ttl: PLACE_TTL, isFlush: true },
    { type: "TXT", name, texts, ttl: NAME_TTL, isFlush: true },
    { type: "A", name: host, address, ttl: PLACE_TTL, isFlush: true },
    { type: "PTR", name: ALL_TYPES, target: type, ttl: NAME_TTL, isFlush: false },
  ];
  return messageOf({ isResponse: true, answers });
}

/** Takes an announcement back. */
export function farewellOf(announcement: DnsMessage): DnsMessage {
  const own = announcement.answers.filter(({ name }) => !isSameName(name, ALL_TYPES));
  return { ...announcement, answers: own.map((record) => ({ ...record, ttl: 0 })) };
}

/** The same for one who asked from another port than that of multicast DNS: the question repeated, short lives, no flushing. */
export function outsiderAnswerOf(announcement: DnsMessage, { id, questions }: DnsMessage): DnsMessage {
  const shorten = (record: DnsRecord): DnsRecord => ({
    ...record,
    ttl: Math.min(record.ttl, OUTSIDER_TTL),
    isFlush: false,
  });
  return { ...announcement, id, questions, answers: announcement.answers.map(shorten) };
}

/** The question whether anybody else has this name (RFC 6762 section 8.1). */
export function probeOf(advertisement: Advertisement): DnsMessage {
  const { host, port } = advertisement;
  const name = instanceName(advertisement);
  return messageOf({
    questions: [{ name, type: recordType.ANY }],
    authorities: [{ type: "SRV", name, target: host, port, ttl: PLACE_TTL, isFlush: false }],
  });
}
