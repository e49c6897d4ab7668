import { join } from "node:path";
import type { FleetNodeView, FleetStatus } from "@herd/shared";
import type { Cleanup } from "../cleanup.ts";
import { askJson, type Target } from "../clients/http-call.ts";
import { type Program, startProgram } from "../programs/start-program.ts";
import { until } from "../until.ts";
import type { Place, Places } from "./places.ts";

const ROUTER_PORT = 11_435;
const GATEWAY_PORT = 11_433;
const OLLAMA_PORT = 11_434;

/** How a fleet of real processes is put together. */
export interface FleetOrder {
  readonly places: Places;
  /** Folder for what the programs keep. */
  readonly folder: string;
  /** Flags of every simulated Ollama; absent: replay nodes stand in their place. */
  readonly ollamaFlags?: readonly string[];
  /** OLLAMA_NUM_PARALLEL on every node; default 1. */
  readonly parallel?: number;
  /** Variables of the router. */
  readonly routerEnvironment?: Readonly<Record<string, string>>;
}

/** One node: its agent and its Ollama, each of which can die and be started again. */
export interface FleetNode {
  readonly id: string;
  /** Port of its Ollama, on its own loopback. */
  ollamaPort: number;
  ollama: Program;
  agent: Program;
  readonly startOllama: () => Promise<void>;
  readonly startAgent: () => Promise<void>;
}

/** A router with its nodes, all joined. */
export interface ProcessFleet {
  readonly nodes: readonly FleetNode[];
  readonly routerUrl: string;
  readonly dataDir: string;
  /** Where clients reach the router. */
  readonly target: Target;
  router: Program;
  /** Starts the router again on its port and with its data folder. */
  readonly startRouter: () => Promise<void>;
}

/** Starts a router and, on every place for a node, an agent and a simulated Ollama; waits until all of them are online. */
export async function startProcessFleet(cleanup: Cleanup, order: FleetOrder): Promise<ProcessFleet> {
  const { places, folder } = order;
  const dataDir = join(folder, "router");
  const first = await launchRouter(cleanup, order, places.router.port(ROUTER_PORT));
  const port = Number((await first.printed(/http:\/\/localhost:(\d+)/))[1]);
  const routerUrl = `http://${places.router.address}:${port}`;
  const target = await places.reach("client", places.router.address, port);
  const startNode = (place: Place, index: number) => startFleetNode({ cleanup, order, place, index, routerUrl });
  const nodes = await Promise.all(places.nodes.map(startNode));
  const fleet: ProcessFleet = {
    nodes,
    routerUrl,
    dataDir,
    target,
    router: first,
    startRouter: async () => {
      fleet.router = await launchRouter(cleanup, order, port);
    },
  };
  await untilJoined(
    target,
    nodes.map(({ id }) => id),
  );
  return fleet;
}

async function launchRouter(cleanup: Cleanup, order: FleetOrder, port: number): Promise<Program> {
  const { places, folder, routerEnvironment = {} } = order;
  const program = startProgram({
    name: "herd",
    flags: ["--port", String(port), "--data-dir", join(folder, "router"), "--log-level", "INFO"],
    environment: routerEnvironment,
    prefix: places.router.prefix,
  });
  cleanup.add(program.kill);
  await program.printed(/API {2,}http/);
  return program;
}

interface NodeOrder {
  readonly cleanup: Cleanup;
  readonly order: FleetOrder;
  readonly place: Place;
  readonly index: number;
  readonly routerUrl: string;
}

async function startFleetNode(nodeOrder: NodeOrder): Promise<FleetNode> {
  const { place, index } = nodeOrder;
  const id = `node-${"abcdefgh"[index]}`;
  const first = await launchOllama(nodeOrder, place.port(OLLAMA_PORT));
  const agent = await launchAgent(nodeOrder, { id, ollamaPort: first.port });
  const node: FleetNode = {
    id,
    ollamaPort: first.port,
    ollama: first.program,
    agent,
    startOllama: async () => {
      node.ollama = (await launchOllama(nodeOrder, node.ollamaPort)).program;
    },
    startAgent: async () => {
      node.agent = await launchAgent(nodeOrder, { id, ollamaPort: node.ollamaPort });
    },
  };
  return node;
}

async function launchOllama({ cleanup, order, place }: NodeOrder, port: number) {
  const { ollamaFlags, parallel = 1 } = order;
  const flags = ["--port", String(port), "--num-parallel", String(parallel), "--control", ...(ollamaFlags ?? [])];
  const program = startProgram({
    ...(ollamaFlags === undefined
      ? { name: "replay-node", flags: [String(port)] }
      : { name: "simulated-ollama", flags }),
    environment: { OLLAMA_NUM_PARALLEL: String(parallel) },
    prefix: place.prefix,
  });
  cleanup.add(program.kill);
  const found = await program.printed(/listening on http:\/\/127\.0\.0\.1:(\d+)/);
  return { program, port: Number(found[1]) };
}

async function launchAgent(
  { cleanup, order, place, routerUrl }: NodeOrder,
  { id, ollamaPort }: { readonly id: string; readonly ollamaPort: number },
): Promise<Program> {
  const program = startProgram({
    name: "herd-node",
    flags: [
      ...["--router-url", routerUrl, "--node-id", id, "--ollama-host", `http://127.0.0.1:${ollamaPort}`],
      ...["--gateway-port", String(place.port(GATEWAY_PORT)), "--data-dir", join(order.folder, id)],
    ],
    environment: { OLLAMA_NUM_PARALLEL: String(order.parallel ?? 1) },
    prefix: place.prefix,
  });
  cleanup.add(program.kill);
  await program.printed(/herd-node [\d.]+ as /);
  return program;
}

/** `/fleet/status`. */
export const fleetStatus = (target: Target): Promise<FleetStatus> => askJson(target, { path: "/fleet/status" });

/** One node as `/fleet/status` shows it. */
export async function nodeView(target: Target, id: string): Promise<FleetNodeView | undefined> {
  const { nodes } = await fleetStatus(target);
  return nodes.find((node) => node.node_id === id);
}

/** Waits until nodes are online with their models: a first heartbeat does not wait for a slow Ollama. */
export async function untilJoined(target: Target, ids: readonly string[]): Promise<void> {
  const look = async (): Promise<boolean> => {
    const { nodes } = await fleetStatus(target);
    const joined = nodes.filter(
      ({ status, backends }) => status === "online" && backends.some(({ models }) => models.length > 0),
    );
    return ids.every((id) => joined.some(({ node_id }) => node_id === id));
  };
  await until({ what: `${ids.join(", ")} have joined`, look, withinMs: 20_000 });
}

/** A node's status that is waited for. */
export interface AwaitedStatus {
  readonly id: string;
  readonly status: FleetNodeView["status"];
  readonly withinMs: number;
}

/** Waits until a node has a status; resolves to the time it took, ms. */
export async function untilStatus(target: Target, { id, status, withinMs }: AwaitedStatus): Promise<number> {
  const since = performance.now();
  await until({
    what: `${id} is ${status}`,
    look: async () => (await nodeView(target, id))?.status === status,
    withinMs,
  });
  return performance.now() - since;
}
