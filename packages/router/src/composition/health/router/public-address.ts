import { BlockList, isIPv6 } from "node:net";

const NOT_PUBLIC = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const)
  NOT_PUBLIC.addSubnet(network, bits, "ipv4");

// Examples in texts, and nobody's.
NOT_PUBLIC.addSubnet("2001:db8::", 32, "ipv6");

const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet("2000::", 3, "ipv6");

/** Whether packets from the internet can be addressed to it. */
export function isPublicAddress(address: string): boolean {
  const plain = address.split("%")[0] ?? address;
  return isIPv6(plain)
    ? GLOBAL_IPV6.check(plain, "ipv6") && !NOT_PUBLIC.check(plain, "ipv6")
    : !NOT_PUBLIC.check(plain, "ipv4");
}
