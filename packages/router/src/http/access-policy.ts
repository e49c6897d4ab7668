import { BlockList, isIP, isIPv6 } from "node:net";
import type { ErrorCode } from "../domain/errors.ts";

/** What a route lets a caller do: use the fleet, change it, or report as an agent. */
export type RouteClass = "use" | "change" | "agent";

/** The policy's rules, from the settings and the machine. */
export interface AccessRules {
  /** Public subnets that count as the LAN, in CIDR form. */
  readonly lanNetworks: readonly string[];
  readonly trustedProxies: readonly string[];
  readonly allowedHosts: readonly string[];
  /** Names of the router's own machine. */
  readonly ownNames: readonly string[];
  /** CIDRs of the machine's own interfaces. */
  readonly ownNetworks: readonly OwnNetwork[];
  /** Whether the owner named this web origin, so that its pages may also change things. */
  readonly isListedOrigin: (origin: string) => boolean;
}

/** One address of the router's own machine, with its prefix length. */
export interface OwnNetwork {
  readonly address: string;
  readonly prefix: number;
}

/** What a call shows about its origin. */
export interface Caller {
  /** Remote address of the socket. */
  readonly address: string;
  /** `X-Forwarded-For`, when it was sent. */
  readonly forwardedFor: string | undefined;
  /** Any `Forwarded` or `X-Forwarded-*` was sent. */
  readonly isForwarded: boolean;
  /** The Host header; undefined on HTTP/1.0. */
  readonly host: string | undefined;
  /** The web page a browser calls from; absent for programs. */
  readonly origin?: string | undefined;
}

/** Where a caller stands: on this machine, on the private network, or anywhere else. */
export type Standing = "loopback" | "lan" | "outside";

/** The policy's answer. `address` is the caller's own, behind trusted proxies. */
export type AccessVerdict =
  | { readonly kind: "allowed"; readonly address: string; readonly standing: Standing }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly subject: string };

/** RFC 1918, link-local, carrier-grade NAT and IPv6 unique-local and link-local networks. */
const PRIVATE_NETWORKS = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "169.254.0.0/16",
  "100.64.0.0/10",
  "fc00::/7",
  "fe80::/10",
];
const LOOPBACK_NETWORKS = ["127.0.0.0/8", "::1/128"];
const PRIVATE_SUFFIXES = [".local", ".internal", ".lan", ".home.arpa", ".localhost"];

/** Addresses that are remembered. */
const MOST_KNOWN = 4_096;

/** Decides who may call what: loopback everything, the private network may use the fleet, anybody else nothing. */
export class AccessPolicy {
  readonly #loopback = networksOf(LOOPBACK_NETWORKS);
  readonly #lan: BlockList;
  readonly #proxies: BlockList;
  readonly #hosts: ReadonlySet<string>;
  readonly #isListedOrigin: (origin: string) => boolean;
  /** Looking an address up costs more than the rest of the policy, and the same few call again and again. */
  readonly #knownStandings = new Map<string, Standing>();

  constructor(rules: AccessRules) {
    this.#lan = networksOf([...PRIVATE_NETWORKS, ...rules.lanNetworks, ...ownIpv6Networks(rules.ownNetworks)]);
    this.#proxies = networksOf(rules.trustedProxies);
    this.#hosts = new Set([...rules.allowedHosts, ...rules.ownNames].map((name) => name.toLowerCase()));
    this.#isListedOrigin = rules.isListedOrigin;
  }

  /** Judges one call. */
  judge(caller: Caller, routeClass: RouteClass): AccessVerdict {
    if (caller.host !== undefined && !this.isAllowedHost(caller.host)) {
      return { kind: "refused", code: "HERD_HOST_REFUSED", subject: caller.host };
    }
    // A page anywhere can make a browser on this machine call: only pages of the router itself, or of the owner's choice, may
    // change something. Ollama's default origins are every page on this machine, so they are not enough.
    if (routeClass !== "use" && isForeignPage(caller) && !this.#isListedOrigin(caller.origin ?? "")) {
      return { kind: "refused", code: "HERD_ORIGIN_REFUSED", subject: caller.origin ?? "" };
    }
    const address = this.#realAddress(caller);
    if (address === undefined) return { kind: "refused", code: "HERD_ADDRESS_REFUSED", subject: caller.address };
    const standing = this.standingOf(address, caller);
    if (standing === "outside") return { kind: "refused", code: "HERD_ADDRESS_REFUSED", subject: address };
    if (standing === "lan" && routeClass === "change")
      return { kind: "refused", code: "HERD_ADMIN_ONLY", subject: "this route" };
    return { kind: "allowed", address, standing };
  }

  /** Where an address stands. A loopback connection that was forwarded by an unknown proxy comes from outside. */
  standingOf(address: string, caller: Pick<Caller, "address" | "isForwarded">): Standing {
    const standing = this.#knownStandings.get(address) ?? this.#findStanding(address);
    const isUnknownProxy = standing === "loopback" && caller.isForwarded && !isIn(this.#proxies, caller.address);
    return isUnknownProxy ? "outside" : standing;
  }

  /** The Host check against DNS rebinding: addresses, private names and own names pass. */
  isAllowedHost(host: string): boolean {
    const name = hostNameOf(host);
    if (name === "" || isIP(name) !== 0 || !name.includes(".")) return true;
    return this.#hosts.has(name) || PRIVATE_SUFFIXES.some((suffix) => name.endsWith(suffix));
  }

  #findStanding(address: string): Standing {
    const isOnLan = isIn(this.#lan, address) ? "lan" : "outside";
    const standing = isIn(this.#loopback, address) ? "loopback" : isOnLan;
    if (this.#knownStandings.size >= MOST_KNOWN) this.#knownStandings.clear();
    this.#knownStandings.set(address, standing);
    return standing;
  }

  /**
   * Behind trusted proxies, the last address in X-Forwarded-For that is not one of them. undefined when they forward without
   * saying for whom: taking it for the proxy itself would open the router to everybody behind it.
   */
  #realAddress({ address, forwardedFor = "", isForwarded }: Caller): string | undefined {
    if (!isForwarded || !isIn(this.#proxies, address)) return address;
    const hops = forwardedFor.split(",").map((hop) => unmapped(hop.trim()));
    const known = hops.filter((hop) => isIP(hop) !== 0);
    return known.findLast((hop) => !isIn(this.#proxies, hop)) ?? known[0];
  }
}

/** `::ffff:192.168.1.2` is `192.168.1.2`; a zone (`%eth0`) is dropped. */
export function unmapped(address: string): string {
  const plain = address.split("%")[0] ?? address;
  return plain.toLowerCase().startsWith("::ffff:") && plain.includes(".") ? plain.slice(7) : plain;
}

function isForeignPage({ origin, host }: Caller): boolean {
  return origin !== undefined && origin !== "" && origin !== `http://${host}` && origin !== `https://${host}`;
}

/** The name or address in a Host header, without port, brackets and final dot, in lower case. */
export function hostNameOf(host: string): string {
  const lower = host.trim().toLowerCase();
  if (lower.startsWith("[")) return lower.slice(1, lower.indexOf("]"));
  if (isIPv6(lower)) return lower;
  const name = lower.replace(/:\d*$/, "");
  return name.endsWith(".") ? name.slice(0, -1) : name;
}

function networksOf(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = "", prefix] = cidr.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (isIP(address) === 0) continue;
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/** The /64 of the machine's own IPv6 addresses, when it also has a private IPv4 address (so that it is at home or in an office). */
function ownIpv6Networks(own: readonly OwnNetwork[]): readonly string[] {
  const isPrivate = networksOf(PRIVATE_NETWORKS);
  const isAtHome = own.some(({ address }) => !isIPv6(address) && isIn(isPrivate, address));
  if (!isAtHome) return [];
  return own.flatMap(({ address }) => (isIPv6(address) && address !== "::1" ? [`${address}/64`] : []));
}

function isIn(list: BlockList, address: string): boolean {
  const kind = isIP(address);
  return kind !== 0 && list.check(address, kind === 6 ? "ipv6" : "ipv4");
}
