import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import type { Cleanup } from "../cleanup.ts";
import { findOnPath } from "../programs/start-program.ts";

const run = promisify(execFile);

/** A machine with a network of its own: loopback, and one address on the LAN. */
export interface Machine {
  /** Name of its namespace. */
  readonly space: string;
  readonly address: string;
  /** What stands before a command that is to run there. */
  readonly prefix: readonly string[];
  /** Pulls the cable: nobody hears of it. */
  readonly unplug: () => Promise<void>;
  readonly plug: () => Promise<void>;
  /** Gives it another address, as a DHCP server may; connections of the old one hang. */
  readonly readdress: (host: number) => Promise<string>;
}

/** Machines joined by one switch, and by nothing to the machine that the tests run on. */
export interface Lan {
  /** Adds a machine; `host` is the last number of its address. */
  readonly machine: (host: number) => Promise<Machine>;
  /** Adds a machine with an address from elsewhere, which only `neighbour` can answer. */
  readonly stranger: (address: string, neighbour: Machine) => Promise<Machine>;
  /** Puts a machine of another LAN into this one, too, by a second interface; resolves to its address here. */
  readonly connect: (machine: Machine, host: number) => Promise<string>;
}

/** Why no namespaces can be made here; undefined where they can. */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== "linux") return "network namespaces exist on Linux only";
  if (findOnPath("ip") === undefined) return "the command ip (iproute2) is not installed";
  if (process.getuid?.() !== 0) return "making network namespaces needs root";
  return undefined;
}

const PREFIX = "herd";
let lansMade = 0;

/** Makes a switch without machines. */
export async function createLan(cleanup: Cleanup, network = "10.77.0"): Promise<Lan> {
  await removeForsaken();
  lansMade += 1;
  const name = `${PREFIX}-${process.pid}-${lansMade}`;
  const hub = `${name}-switch`;
  await addNamespace(cleanup, hub);
  await ip("-n", hub, "link", "add", "hub", "type", "bridge", "stp_state", "0", "forward_delay", "0");
  await ip("-n", hub, "link", "set", "hub", "up");
  const at = { cleanup, name, hub, network };
  return {
    machine: (host) => addMachine({ ...at, host: String(host), address: `${network}.${host}` }),
    connect: async ({ space }, host) => {
      const address = `${network}.${host}`;
      await addCable({ hub, cable: `port${host}`, space, device: `lan${lansMade}`, address });
      return address;
    },
    stranger: async (address, neighbour) => {
      const machine = await addMachine({ ...at, host: "far", address });
      await ip("-n", machine.space, "route", "add", neighbour.address, "dev", "lan");
      await ip("-n", neighbour.space, "route", "add", address, "dev", "lan");
      return machine;
    },
  };
}

interface MachineOrder {
  readonly cleanup: Cleanup;
  readonly name: string;
  readonly hub: string;
  /** The first three numbers of its addresses. */
  readonly network: string;
  readonly host: string;
  readonly address: string;
}

async function addMachine({ cleanup, name, hub, network, host, address }: MachineOrder): Promise<Machine> {
  const space = `${name}-${host}`;
  const cable = `port${host}`;
  await addNamespace(cleanup, space);
  await ip("-n", space, "link", "set", "lo", "up");
  await addCable({ hub, cable, space, device: "lan", address });
  return {
    space,
    address,
    prefix: [findOnPath("ip") ?? "ip", "netns", "exec", space],
    unplug: () => ip("-n", hub, "link", "set", cable, "down"),
    plug: () => ip("-n", hub, "link", "set", cable, "up"),
    readdress: async (number) => {
      const other = `${network}.${number}`;
      await ip("-n", space, "address", "flush", "dev", "lan");
      await ip("-n", space, "address", "add", `${other}/16`, "dev", "lan");
      return other;
    },
  };
}

interface Cable {
  readonly hub: string;
  readonly cable: string;
  readonly space: string;
  /** Name of the interface on the machine's side. */
  readonly device: string;
  readonly address: string;
}

async function addCable({ hub, cable, space, device, address }: Cable): Promise<void> {
  await ip("-n", hub, "link", "add", cable, "type", "veth", "peer", "name", device, "netns", space);
  await ip("-n", hub, "link", "set", cable, "master", "hub", "up");
  await ip("-n", space, "address", "add", `${address}/16`, "dev", device);
  await ip("-n", space, "link", "set", device, "up");
}

/** A namespace is gone only when the last process in it is: end those first. */
async function addNamespace(cleanup: Cleanup, space: string): Promise<void> {
  await ip("netns", "add", space);
  cleanup.add(() => ip("netns", "delete", space));
}

async function ip(...args: readonly string[]): Promise<void> {
  await run(findOnPath("ip") ?? "ip", [...args]);
}

/** Namespaces of test runs that were killed. */
async function removeForsaken(): Promise<void> {
  const spaces = namespaces().map((space) => ({ space, pid: Number(space.split("-")[1]) }));
  const forsaken = spaces.filter(({ space, pid }) => space.startsWith(`${PREFIX}-`) && !isRunning(pid));
  // Another run may be removing them, too.
  await Promise.all(forsaken.map(({ space }) => ip("netns", "delete", space).catch(() => undefined)));
}

function namespaces(): readonly string[] {
  try {
    return readdirSync("/run/netns");
  } catch {
    // The folder comes with the first namespace.
    return [];
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process.
    return false;
  }
}
