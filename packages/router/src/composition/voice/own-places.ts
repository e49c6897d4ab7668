import { existsSync } from "node:fs";
import { hostname, networkInterfaces } from "node:os";
import { AccessPolicy, type OwnNetwork } from "../../http/access-policy.ts";

/** Where this machine can be reached. */
export interface OwnPlaces {
  /** Addresses on private networks, IPv4 first. */
  readonly lan: readonly string[];
  /** Addresses that everybody on the internet may reach. */
  readonly public: readonly string[];
  /** Names under which machines nearby find it; empty where nothing announces one. */
  readonly names: readonly string[];
}

/** One network interface as the operating system lists it. */
export interface ListedAddress {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
}

/** Interfaces that lead to containers and virtual machines on this machine, not to others. */
const INNER_INTERFACES =
  /^(docker|br-|veth|virbr|vmnet|vboxnet|vEthernet|cni|flannel|cali|bridge1\d\d|podman|lxc|lxd)/i;

/** Reads the places of this machine. @param host what the router listens on: only what that covers counts. */
export function readOwnPlaces(host: string): OwnPlaces {
  return { ...placesAmong(networkInterfaces(), host), names: announcedNames() };
}

/** Sorts addresses by who reaches them. */
export function placesAmong(
  interfaces: Readonly<Record<string, readonly ListedAddress[] | undefined>>,
  host: string,
): Omit<OwnPlaces, "names"> {
  const entries = Object.entries(interfaces).flatMap(([name, addresses]) =>
    (addresses ?? []).map((entry) => ({ ...entry, name, address: entry.address.split("%")[0] ?? entry.address })),
  );
  const outward = entries.filter(({ internal, family, address }) => !internal && isCovered(host, family, address));
  const policy = policyOf();
  const standing = ({ address }: OwnAddress) => policy.standingOf(address, { address, isForwarded: false });
  const lan = outward.filter((entry) => standing(entry) === "lan" && !isLinkLocal(entry.address));
  const towardsOthers = lan.filter(({ name }) => !INNER_INTERFACES.test(name));
  return {
    lan: (towardsOthers.length > 0 ? towardsOthers : lan).toSorted(byFamily).map(({ address }) => address),
    public: outward.filter((entry) => standing(entry) === "outside").map(({ address }) => address),
  };
}

type OwnAddress = Pick<OwnNetwork, "address">;

/** Without any setting: a public address stays public, whoever may call. */
const policyOf = (): AccessPolicy =>
  new AccessPolicy({
    lanNetworks: [],
    trustedProxies: [],
    allowedHosts: [],
    ownNames: [],
    ownNetworks: [],
    isListedOrigin: () => false,
  });

/** `0.0.0.0` is every IPv4 address; `::` is every address. */
function isCovered(host: string, family: string, address: string): boolean {
  if (host === "::") return true;
  return host === "0.0.0.0" ? family === "IPv4" : host === address;
}

const isLinkLocal = (address: string): boolean => /^(169\.254\.|fe[89ab])/i.test(address);

const byFamily = (one: ListedAddress, other: ListedAddress): number => one.family.localeCompare(other.family);

/** macOS and Windows announce their host name by mDNS; on Linux avahi does where it runs. */
function announcedNames(): readonly string[] {
  const announces = process.platform !== "linux" || existsSync("/run/avahi-daemon/socket");
  const name = hostname().toLowerCase().split(".")[0] ?? "";
  return announces && name !== "" && name !== "localhost" ? [`${name}.local`] : [];
}
