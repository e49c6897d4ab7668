import { hostname, networkInterfaces } from "node:os";
import type { OwnNetwork } from "./access-policy.ts";

/** What the router knows of the machine it runs on. */
export interface OwnMachine {
  readonly names: readonly string[];
  readonly networks: readonly OwnNetwork[];
  /** Whether an address is one of this machine's. */
  readonly isOwnAddress: (address: string) => boolean;
}

/** Reads names and addresses of this machine. Addresses are read anew at most every few seconds, since they change. */
export function readOwnMachine(now: () => number): OwnMachine {
  const name = hostname().toLowerCase();
  let addresses = new Set<string>();
  let readAt = Number.NEGATIVE_INFINITY;
  const refresh = (): ReadonlySet<string> => {
    if (now() - readAt > REREAD_EVERY_MS) {
      readAt = now();
      addresses = new Set(ownNetworks().map(({ address }) => address));
    }
    return addresses;
  };
  return {
    names: [name, name.split(".")[0] ?? name, `${name}.local`],
    networks: ownNetworks(),
    isOwnAddress: (address) => address === "::1" || address.startsWith("127.") || refresh().has(address),
  };
}

const REREAD_EVERY_MS = 5_000;

function ownNetworks(): readonly OwnNetwork[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address, cidr }) => ({
      address: address.split("%")[0] ?? address,
      prefix: Number(cidr?.split("/")[1] ?? 128),
    })),
  );
}
