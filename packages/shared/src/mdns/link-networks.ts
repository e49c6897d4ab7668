/** One IPv4 network that this machine is part of. */
export interface LinkNetwork {
  /** Name of the interface: `eth0`. */
  readonly interfaceName: string;
  /** This machine's address in it. */
  readonly address: string;
  /** Dotted: `255.255.255.0`. */
  readonly netmask: string;
}

/** What the operating system tells of an interface, as `os.networkInterfaces()` gives it. */
export interface InterfaceEntry {
  readonly family: string;
  readonly address: string;
  readonly netmask: string;
}

/** Each costs a socket, and Linux lets one socket listen in 20 networks. */
const MOST_NETWORKS = 16;

/**
 * The networks in which routers are advertised and looked for: one private IPv4 address of each interface, loopback included, so that
 * router and agent of one machine meet without any cable.
 * @param only the one address that counts, where a program listens at that alone
 */
export function linkNetworksOf(
  interfaces: Readonly<Record<string, readonly InterfaceEntry[] | undefined>>,
  only?: string,
): readonly LinkNetwork[] {
  return Object.entries(interfaces)
    .flatMap(([interfaceName, entries = []]) => {
      const isMeant = (address: string): boolean => only === undefined || address === only;
      const entry = entries.find(
        ({ family, address }) => family === "IPv4" && isPrivateAddress(address) && isMeant(address),
      );
      return entry === undefined ? [] : [{ interfaceName, address: entry.address, netmask: entry.netmask }];
    })
    .slice(0, MOST_NETWORKS);
}

/** Whether an IPv4 address lies in a network. */
export function isInNetwork(address: string, { address: own, netmask }: LinkNetwork): boolean {
  const mask = numberOf(netmask);
  return (numberOf(address) & mask) === (numberOf(own) & mask);
}

/** First and last address of each range that is nobody's outside: loopback, RFC 1918, link-local, carrier-grade NAT. */
const PRIVATE_RANGES = [
  ["127.0.0.0", "127.255.255.255"],
  ["10.0.0.0", "10.255.255.255"],
  ["172.16.0.0", "172.31.255.255"],
  ["192.168.0.0", "192.168.255.255"],
  ["169.254.0.0", "169.254.255.255"],
  ["100.64.0.0", "100.127.255.255"],
] as const;

/** Whether an IPv4 address is one of this machine, or of a private network. */
export function isPrivateAddress(address: string): boolean {
  const value = addressNumber(address);
  return PRIVATE_RANGES.some(([first, last]) => value >= addressNumber(first) && value <= addressNumber(last));
}

/** Whether an address only reaches this machine. */
export const isLoopbackAddress = (address: string): boolean => address.startsWith("127.");

/** An IPv4 address as a number from 0 to 2³²-1, for comparing. */
export const addressNumber = (address: string): number => numberOf(address) >>> 0;

const numberOf = (address: string): number =>
  address.split(".").reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0) | 0;
