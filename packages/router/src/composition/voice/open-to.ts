import type { RouterSettings } from "../../settings/settings.ts";

/** The settings that say who may call. */
export type AccessFacts = Pick<
  RouterSettings,
  "host" | "lanNetworks" | "trustedProxies" | "allowedHosts" | "allowLegacy"
>;

/** Who may do what, a line each; every setting that opens more than its strictest value is named. */
export function openTo(settings: AccessFacts): readonly string[] {
  const { host, lanNetworks, trustedProxies, allowedHosts, allowLegacy } = settings;
  if (isLoopback(host)) return ["this machine: everything", `anybody else: nothing (host ${host})`, ...doors(settings)];
  const lan =
    lanNetworks.length === 0 ? "private network" : `private network and ${listed(lanNetworks)} (lan_networks)`;
  const joining = allowLegacy
    ? "machines may join, those of the predecessor unsigned (allow_legacy)"
    : "machines may join";
  const named = { trustedProxies, allowedHosts };
  // Calls from this machine to one of its network addresses come from that address, not from loopback.
  const isOneAddress = host !== "0.0.0.0" && host !== "::";
  return [
    isOneAddress ? `this machine: as the private network (host ${host})` : "this machine: everything",
    `${lan}: requests, lists, status; ${joining}`,
    "anybody else: nothing",
    ...doors(named),
  ];
}

function doors({
  trustedProxies,
  allowedHosts,
}: Pick<AccessFacts, "trustedProxies" | "allowedHosts">): readonly string[] {
  const proxies = `through ${listed(trustedProxies)}: whoever it is forwarded for counts (trusted_proxies)`;
  const hosts = `by the names ${listed(allowedHosts)}, too (allowed_hosts)`;
  return [...(trustedProxies.length === 0 ? [] : [proxies]), ...(allowedHosts.length === 0 ? [] : [hosts])];
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || host.startsWith("127.");

const MOST_LISTED = 3;

function listed(entries: readonly string[]): string {
  const more = entries.length - MOST_LISTED;
  return entries.slice(0, MOST_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
