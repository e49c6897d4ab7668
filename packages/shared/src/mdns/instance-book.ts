import { type DnsMessage, type DnsRecord, recordsOf } from "./dns-message.ts";
import { type DnsName, isSameName, nameKey } from "./dns-name.ts";
import { isLoopbackAddress } from "./link-networks.ts";

/** Something that is announced under a type, with everything that is needed to connect to it. */
export interface SeenInstance {
  /** Its own name: `Fleet Manager Router`. Text from the network, to be cleaned before it is shown. */
  readonly name: string;
  readonly port: number;
  /** What it says about itself, by key in lower case. Text from the network. */
  readonly texts: ReadonlyMap<string, string>;
  /** IPv4 addresses, the one heard last first. */
  readonly addresses: readonly string[];
}

/** When and where a message was received. */
export interface Reception {
  /** ms on a monotonic clock. */
  readonly now: number;
  /** Name of the network that it came through; addresses of different ones do not replace each other. */
  readonly network: string;
  /** Address of the sender. */
  readonly source: string;
  /** It came from this machine itself; loopback addresses count only then. */
  readonly isFromHere: boolean;
}

/** More than a LAN has, and more than one machine runs; a flood beyond it is not kept. */
const MOST_INSTANCES = 64;
const MOST_PER_SOURCE = 8;
const MOST_ADDRESSES = 16;
const MOST_TEXTS = 32;
/** What an answer counts at most, ms: 75 minutes, the usual lifetime in multicast DNS. */
const LONGEST_LIFE_MS = 4_500_000;
/** Addresses that came within this time of each other belong together, ms (RFC 6762 section 10.2). */
const FLUSH_GRACE_MS = 1_000;

interface Lasting<Value> {
  readonly value: Value;
  /** ms on the clock of `Reception`. */
  readonly until: number;
}

interface Entry {
  readonly name: string;
  readonly source: string;
  place: Lasting<{ readonly target: DnsName; readonly port: number }> | undefined;
  texts: ReadonlyMap<string, string>;
}

interface KnownAddress extends Lasting<string> {
  readonly heardAt: number;
  readonly network: string;
}

/** Collects what is announced under one type. Whatever is sent to it, it stays small. */
export class InstanceBook {
  readonly #type: DnsName;
  readonly #entries = new Map<string, Entry>();
  readonly #addresses = new Map<string, readonly KnownAddress[]>();

  constructor(type: DnsName) {
    this.#type = type;
  }

  /** Takes in the records of an answer. Tells whether any was about the type. */
  read(message: DnsMessage, reception: Reception): boolean {
    if (!message.isResponse) return false;
    const records = recordsOf(message);
    this.#forgetExpired(reception.now);
    const isAbout = records.map((record) => this.#readRecord(record, reception)).includes(true);
    // An address counts only for a known host, whatever the order of the records.
    const addresses = records.filter((record) => record.type === "A");
    return addresses.map((record) => this.#readAddress(record, reception)).includes(true) || isAbout;
  }

  /** Everything that can be connected to now. */
  seen(now: number): readonly SeenInstance[] {
    this.#forgetExpired(now);
    return [...this.#entries.values()].flatMap(({ name, place, texts }) => {
      if (place === undefined || place.value.port === 0) return [];
      const known = this.#addresses.get(nameKey(place.value.target)) ?? [];
      const addresses = known.toSorted((a, b) => b.heardAt - a.heardAt).map(({ value }) => value);
      return addresses.length === 0
        ? []
        : [{ name, port: place.value.port, texts, addresses: [...new Set(addresses)] }];
    });
  }

  #readRecord(record: DnsRecord, { now, source }: Reception): boolean {
    const name = this.#subjectOf(record);
    if (name === undefined) return false;
    const entry = record.ttl === 0 ? undefined : this.#entryOf(name, source);
    if (record.ttl === 0) this.#entries.delete(nameKey(name));
    if (record.type === "TXT" && entry !== undefined) entry.texts = textsOf(record.texts);
    if (record.type === "SRV" && entry !== undefined) entry.place = { value: record, until: untilOf(record, now) };
    return true;
  }

  /** The instance of the type that a record is about. */
  #subjectOf(record: DnsRecord): DnsName | undefined {
    if (record.type === "A" || (record.type === "PTR" && !isSameName(record.name, this.#type))) return undefined;
    const name = record.type === "PTR" ? record.target : record.name;
    return name.length === this.#type.length + 1 && isSameName(name.slice(1), this.#type) ? name : undefined;
  }

  #readAddress(record: DnsRecord & { readonly type: "A" }, { now, network, isFromHere }: Reception): boolean {
    const host = nameKey(record.name);
    const isKnownHost = [...this.#entries.values()].some(({ place }) => place && nameKey(place.value.target) === host);
    if (!isKnownHost || (isLoopbackAddress(record.address) && !isFromHere)) return false;
    const isKept = (known: KnownAddress): boolean => {
      if (known.value === record.address) return false;
      return !record.isFlush || known.network !== network || now - known.heardAt <= FLUSH_GRACE_MS;
    };
    const others = (this.#addresses.get(host) ?? []).filter(isKept).slice(-(MOST_ADDRESSES - 1));
    const own = { value: record.address, heardAt: now, until: untilOf(record, now), network };
    this.#addresses.set(host, record.ttl === 0 ? others : [...others, own]);
    return true;
  }

  #entryOf(name: DnsName, source: string): Entry | undefined {
    const known = this.#entries.get(nameKey(name));
    if (known !== undefined) return known;
    const ofSource = [...this.#entries.values()].filter((entry) => entry.source === source).length;
    if (this.#entries.size >= MOST_INSTANCES || ofSource >= MOST_PER_SOURCE) return undefined;
    const entry: Entry = { name: name[0] ?? "", source, place: undefined, texts: new Map() };
    this.#entries.set(nameKey(name), entry);
    return entry;
  }

  /** Forgets what has run out, names that nobody has completed, and addresses of hosts that nobody names any more. */
  #forgetExpired(now: number): void {
    for (const [key, { place }] of this.#entries)
      if (place === undefined || place.until <= now) this.#entries.delete(key);
    const hosts = new Set([...this.#entries.values()].map(({ place }) => place && nameKey(place.value.target)));
    for (const [host, known] of this.#addresses) {
      if (hosts.has(host))
        this.#addresses.set(
          host,
          known.filter(({ until }) => until > now),
        );
      else this.#addresses.delete(host);
    }
  }
}

const untilOf = ({ ttl }: DnsRecord, now: number): number => now + Math.min(ttl * 1000, LONGEST_LIFE_MS);

/** Reads `key=value` texts; the first of a key counts (RFC 6763 section 6.4). */
function textsOf(texts: readonly string[]): ReadonlyMap<string, string> {
  const pairs = texts.slice(0, MOST_TEXTS).map((text) => {
    const [, key = "", value = ""] = /^([^=]*)=?([\s\S]*)$/.exec(text) ?? [];
    return [key.toLowerCase(), value] as const;
  });
  return new Map(pairs.filter(([key]) => key !== "").reverse());
}
