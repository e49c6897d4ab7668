import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import type { Target } from "./http-call.ts";
import { createLan, type Machine } from "./lan.ts";
import { startProgram } from "./programs.ts";

/** Where a program of a fleet runs. */
export interface Place {
  /** Under which the others reach it. */
  readonly address: string;
  readonly prefix: readonly string[];
  /** The fixed port, or 0 where all programs share one machine and each takes a free one. */
  readonly port: (fixed: number) => number;
}

/** Where the programs of a fleet run, and how the test reaches its router. */
export interface Places {
  readonly router: Place;
  readonly nodes: readonly Place[];
  /** The machines of the nodes; none when all run on this one. */
  readonly machines: readonly Machine[];
  /** Reaches a port of the router's machine as a client does: from a machine of its own where there are several. */
  readonly reachRouter: (port: number) => Promise<Target>;
  /** Reaches any address and port from the client's machine. */
  readonly reachFromClient: (address: string, port: number) => Promise<Target>;
  /** Reaches a loopback port of a node's machine. */
  readonly reachInside: (node: number, port: number) => Promise<Target>;
}

/** All on this machine, on loopback ports. */
export function onLoopback(nodes: number): Places {
  const place: Place = { address: "127.0.0.1", prefix: [], port: () => 0 };
  const reach = (port: number): Promise<Target> => Promise.resolve({ host: "127.0.0.1", port });
  return {
    router: place,
    nodes: Array.from({ length: nodes }, () => place),
    machines: [],
    reachRouter: reach,
    reachFromClient: (_address, port) => reach(port),
    reachInside: (_node, port) => reach(port),
  };
}

const ROUTER_HOST = 1;
const FIRST_NODE_HOST = 11;
const CLIENT_HOST = 200;

/** Each on a machine of its own, in network namespaces; the client, too. */
export async function onMachines(cleanup: Cleanup, { nodes, folder }: MachinesOrder): Promise<Places> {
  const lan = await createLan(cleanup);
  const router = await lan.machine(ROUTER_HOST);
  const client = await lan.machine(CLIENT_HOST);
  const machines: Machine[] = [];
  for (let node = 0; node < nodes; node += 1) machines.push(await lan.machine(FIRST_NODE_HOST + node));
  const inside = createDoors({ cleanup, folder });
  return {
    router: placeOf(router),
    nodes: machines.map(placeOf),
    machines,
    reachRouter: (port) => inside(client, router.address, port),
    reachFromClient: (address, port) => inside(client, address, port),
    reachInside: (node, port) => inside(machines[node] ?? client, "127.0.0.1", port),
  };
}

/** How many machines for nodes, and where socket files may lie. */
export interface MachinesOrder {
  readonly nodes: number;
  readonly folder: string;
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
