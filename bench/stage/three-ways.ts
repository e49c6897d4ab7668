import { join } from "node:path";
import { modelNames, type NodePlan } from "../nodes/heartbeat-body.ts";
import { reportFleet } from "../nodes/reported-fleet.ts";
import { freePort } from "../processes/ports.ts";
import { cpuMsOf, mainThreadMsOf } from "../processes/process-costs.ts";
import type { Cleanup } from "../processes/with-cleanup.ts";
import { storedEnds } from "../records/stored-traces.ts";
import { proxyLines, startNginx } from "./nginx.ts";
import { type RouterProcess, startRouter } from "./router-process.ts";

/** The ways to a backend that are compared, in the order in which tables show them. */
export const wayNames = ["direct", "nginx", "herd"] as const;
export type WayName = (typeof wayNames)[number];

/** One way from a client to the backends. */
export interface Way {
  readonly name: WayName;
  readonly port: number;
  /** CPU time of what stands between, so far, ms; 0 where nothing does. */
  readonly cpuMs: () => number;
  /** Of that, the threads that serve requests. */
  readonly servingMs: () => number;
}

/** The same backends, reachable directly, through nginx and through herd. */
export interface ThreeWays {
  readonly ways: readonly Way[];
  readonly herd: RouterProcess;
  /** How herd's requests ended, in words: for a reader who wonders about failures. */
  readonly endsAtHerd: () => string;
}

/** Models of every node, the asked one among them. */
const MODELS_PER_NODE = 20;
/** The most that a router ever lets run at once on one node and model. */
const PARALLEL = 64;

/** Nodes as a fleet has them: many models each, a few in memory, the asked one always. */
export function nodesOf(ports: readonly number[], model: string): readonly NodePlan[] {
  const others = modelNames(MODELS_PER_NODE - 1);
  return ports.map((port, at) => {
    const loaded = [model, others[at % others.length] ?? model];
    return { id: `node-${port}`, port, models: [model, ...others], loaded, parallel: PARALLEL };
  });
}

/** What a router's process has cost so far. */
export const costsOf = ({ pid }: RouterProcess): Pick<Way, "cpuMs" | "servingMs"> => ({
  cpuMs: () => cpuMsOf(pid),
  servingMs: () => mainThreadMsOf(pid),
});

/** Starts nginx and a router before backends on these ports, each of which is a node of its own for the router. */
export async function startThreeWays(
  { keep, folder }: Cleanup,
  backends: readonly number[],
  model: string,
): Promise<ThreeWays> {
  const port = await freePort();
  const http = proxyLines(port, backends);
  const nginx = keep(await startNginx({ folder: folder(), port, workers: "auto", http }));
  const herdFolder = folder();
  const herd = keep(await startRouter({ port: await freePort(), folder: herdFolder }));
  keep(await reportFleet(herd.port, nodesOf(backends, model)));
  const ways: readonly Way[] = [
    { name: "direct", port: backends[0] ?? 0, cpuMs: () => 0, servingMs: () => 0 },
    // Each of nginx's processes has one thread.
    { name: "nginx", port, cpuMs: () => cpuMsOf(nginx.pid), servingMs: () => cpuMsOf(nginx.pid) },
    { name: "herd", port: herd.port, ...costsOf(herd) },
  ];
  const ends = () => storedEnds(join(herdFolder, "data")).map(({ end, count }) => `${count} ${end}`);
  return { ways, herd, endsAtHerd: () => `herd's records: ${ends().join(", ")}.` };
}

/** Things in another order each round, so that none always comes after the same one. */
export function inTurn<Thing>(things: readonly Thing[], round: number): readonly Thing[] {
  const first = round % things.length;
  return [...things.slice(first), ...things.slice(0, first)];
}
