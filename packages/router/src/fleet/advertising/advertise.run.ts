import { hostname, networkInterfaces } from "node:os";
import { fleetIdOf } from "@herd/shared/link";
import { Advertiser, type LinkNetwork, type LinkProblem, linkNetworksOf } from "@herd/shared/mdns";
import { advertisementOf, isEverywhere } from "./advertisement-of.ts";

/** A line for the log. */
type Tell = (facts: object, sentence: string) => void;

/** What advertising the router needs. */
export interface AdvertisingSources {
  readonly name: string;
  readonly type: string;
  /** Where the router listens: the address of its socket. */
  readonly address: string;
  readonly port: number;
  /** The router's public key, base64url. */
  readonly publicKey: string;
  readonly log: { readonly info: Tell; readonly warn: Tell };
}

/** The router as it is announced on the local network. */
export interface Advertising {
  /** Takes it back, so that nobody looks for this router any more. Resolves when that is said. */
  readonly withdraw: () => Promise<void>;
}

/** Announces the router by mDNS on every private network that it can be reached in. Whatever fails is a warning with its fix. */
export function startAdvertising({ name, type, address, port, publicKey, log }: AdvertisingSources): Advertising {
  const only = isEverywhere(address) ? undefined : address;
  const fleetId = fleetIdOf(publicKey);
  const advertisement = advertisementOf({ name, type, port, fleetId, hostName: hostname() });
  const advertiser = new Advertiser({
    advertisement,
    readNetworks: () => linkNetworksOf(networkInterfaces(), only),
    monotonic: () => performance.now(),
    random: Math.random,
    onNamed: (given, networks) => {
      const told = {
        mdns_name: given,
        fleet: fleetId,
        addresses: networks.map((network: LinkNetwork) => network.address),
      };
      if (given === advertisement.name)
        log.info(told, `announced by mDNS as "${given}": agents on this network find it`);
      else log.info(told, `another router here is called "${name}": this one is announced by mDNS as "${given}"`);
    },
    onProblem: (problem) => log.warn({ interface: problem.interfaceName }, sentenceOf(problem, port)),
  });
  return { withdraw: () => advertiser.withdraw() };
}

function sentenceOf({ kind, interfaceName, error }: LinkProblem, port: number): string {
  const byHand = `agents join with herd-node --router-url http://<this machine>:${port}`;
  if (kind === "network")
    return `the router cannot be announced by mDNS on ${interfaceName} (${error.message}). Fix: allow UDP port 5353 there; without it ${byHand}`;
  return `the router cannot be announced by mDNS (${error.message}). Fix: end the program that keeps UDP port 5353 to itself, or set mdns to false; ${byHand}`;
}
