import { join } from "node:path";
import type { Cleanup } from "../cleanup.ts";
import type { Target } from "../clients/http-call.ts";
import { startProgram } from "../programs/start-program.ts";
import { createLan, type Machine } from "./lan.ts";

/** Where a program of a fleet runs. */
export interface Place {
  /** Under which the others reach it. */
  readonly address: string;
  readonly prefix: readonly string[];
  /** The fixed port, or 0 where all programs share one machine and each takes a free one. */
  readonly port: (fixed: number) => number;
}

/** Where the programs of a fleet run, and how the test reaches them. */
export interface Places {
  readonly router: Place;
  readonly nodes: readonly Place[];
  /** Reaches an address and port as a program on that machine does. */
  readonly reach: (from: Standpoint, address: string, port: number) => Promise<Target>;
}

/** From where something is reached: a client's machine, the router's, that of a node (0 is the first), or a public one. */
export type Standpoint = "client" | "router" | "stranger" | number;

/** The machines of a fleet in namespaces. */
export interface MachinePlaces extends Places {
  readonly machines: readonly Machine[];
}

/** All on this machine, on loopback ports. */
export function onLoopback(nodes: number): Places {
  const place: Place = { address: "127.0.0.1", prefix: [], port: () => 0 };
  return {
    router: place,
    nodes: Array.from({ length: nodes }, () => place),
    reach: (_from, host, port) => Promise.resolve({ host, port }),
  };
}

const ROUTER_HOST = 1;
const FIRST_NODE_HOST = 11;
const CLIENT_HOST = 200;
/** From a range that is kept for documents, so it is nobody's and public. */
const STRANGER_ADDRESS = "203.0.113.9";

/** Each on a machine of its own, in network namespaces; the client, too. */
export async function onMachines(
  cleanup: Cleanup,
  { nodes, folder, withStranger = false }: MachinesOrder,
): Promise<MachinePlaces> {
  const lan = await createLan(cleanup);
  const router = await lan.machine(ROUTER_HOST);
  const client = await lan.machine(CLIENT_HOST);
  const stranger = withStranger ? await lan.stranger(STRANGER_ADDRESS, router) : client;
  const machines: Machine[] = [];
  for (let node = 0; node < nodes; node += 1) machines.push(await lan.machine(FIRST_NODE_HOST + node));
  const inside = createDoors({ cleanup, folder });
  const machineOf = (from: Standpoint): Machine =>
    typeof from === "number" ? (machines[from] ?? client) : { client, router, stranger }[from];
  return {
    router: placeOf(router),
    nodes: machines.map(placeOf),
    machines,
    reach: (from, address, port) => inside(machineOf(from), address, port),
  };
}

/** How many machines for nodes, and where socket files may lie. */
export interface MachinesOrder {
  readonly nodes: number;
  readonly folder: string;
  /** One more machine, with a public address. */
  readonly withStranger?: boolean;
}

const placeOf = ({ address, prefix }: Machine): Place => ({ address, prefix, port: (fixed) => fixed });

/** Opens a door from here into a machine, once for each address and port. */
function createDoors({ cleanup, folder }: { readonly cleanup: Cleanup; readonly folder: string }) {
  const doors = new Map<string, Promise<Target>>();
  const open = async (machine: Machine, far: string): Promise<Target> => {
    const socketPath = join(folder, `door-${doors.size}.sock`);
    const program = startProgram({ name: "door", flags: [`${socketPath}=${far}`], prefix: machine.prefix });
    cleanup.add(program.kill);
    await program.printed(/the doors are open/);
    return { socketPath };
  };
  return (machine: Machine, address: string, port: number): Promise<Target> => {
    const far = `${address}:${port}`;
    const key = `${machine.address} ${far}`;
    const door = doors.get(key) ?? open(machine, far);
    doors.set(key, door);
    return door;
  };
}
