/** An IP address in one spelling: IPv4 inside IPv6 as IPv4, no zone. Undefined stays undefined. */
export function normaliseAddress(address: string | undefined): string | undefined {
  const bare = address?.toLowerCase().split("%")[0];
  return bare?.startsWith("::ffff:") && bare.includes(".") ? bare.slice("::ffff:".length) : bare;
}

/** Whether an address in that spelling only reaches this machine. */
export const isLoopback = (address: string): boolean => address === "::1" || /^127\.\d+\.\d+\.\d+$/.test(address);
