import { join } from "node:path";
import { startAgent } from "@herd/node-agent";
import { createRootLogger, type Router, readSettings, start } from "@herd/router";
import { type SimulatedOllama, type SimulatedOllamaOptions, startSimulatedOllama } from "@herd/simulated-ollama";
import type { Cleanup } from "../cleanup.ts";
import type { Target } from "../clients/http-call.ts";
import { tempFolder } from "../temp-folder.ts";
import { untilJoined } from "./process-fleet.ts";

/** How a fleet inside the test's own process is put together. */
export interface LocalFleetOrder {
  /** One simulated Ollama for each node. */
  readonly nodes: readonly SimulatedOllamaOptions[];
  /** `FLEET_*` variables of the router. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly heartbeatS?: number;
}

/** One node: the agent runs as long as the fleet, the Ollama can be killed and revived. */
export interface LocalNode {
  readonly id: string;
  readonly ollama: SimulatedOllama;
}

/** A router, agents and simulated Ollamas on loopback ports of the test's own process. */
export interface LocalFleet {
  readonly router: Router;
  readonly target: Target & { readonly port: number };
  readonly url: string;
  readonly dataDir: string;
  readonly nodes: readonly LocalNode[];
}

/** Variables with which no lane ever has more slots than this, and has them from the start. */
export const laneLimit = (slots: number): Readonly<Record<string, string>> => ({
  FLEET_MAX_PARALLELISM: String(slots),
  FLEET_ASSUMED_PARALLELISM_OLLAMA: String(slots),
  FLEET_ASSUMED_PARALLELISM_OTHER: String(slots),
});

/** Starts a router in this process. */
export async function startLocalRouter(
  cleanup: Cleanup,
  environment: Readonly<Record<string, string>> = {},
): Promise<Omit<LocalFleet, "nodes">> {
  const dataDir = join(tempFolder(cleanup), "router");
  const env = { FLEET_DATA_DIR: dataDir, FLEET_PORT: "0", FLEET_HOST: "127.0.0.1", ...environment };
  const { values, problems } = readSettings({ flags: {}, env, homeDir: "/nonexistent" });
  if (problems.length > 0) throw new Error(problems.map(({ text }) => text).join("; "));
  const router = await start(values, { log: createRootLogger([], Date.now) });
  cleanup.add(() => {
    router.closeNow();
    return router.close();
  });
  const { port } = router.address;
  return { router, dataDir, target: { host: "127.0.0.1", port }, url: `http://127.0.0.1:${port}` };
}

/** Starts everything and waits until all nodes are online. */
export async function startLocalFleet(cleanup: Cleanup, order: LocalFleetOrder): Promise<LocalFleet> {
  const router = await startLocalRouter(cleanup, order.environment);
  const nodes = await Promise.all(
    order.nodes.map(async (options, index) => {
      const id = `node-${"abcdefgh"[index]}`;
      const ollama = await startSimulatedOllama(options);
      cleanup.add(() => ollama.close());
      await startLocalAgent(cleanup, {
        id,
        routerUrl: router.url,
        ollamaUrl: ollama.url,
        beatS: order.heartbeatS ?? 5,
      });
      return { id, ollama };
    }),
  );
  return { ...router, nodes };
}

/** An agent and its two ends. */
export interface LocalAgentOrder {
  readonly id: string;
  readonly routerUrl: string;
  readonly ollamaUrl: string;
  /** Further servers that it lends. Default: none. */
  readonly backends?: readonly string[];
  readonly beatS: number;
}

/** Starts an agent in this process and waits until the router knows it and its models. */
export async function startLocalAgent(
  cleanup: Cleanup,
  { id, routerUrl, ollamaUrl, backends = [], beatS }: LocalAgentOrder,
): Promise<void> {
  const agent = await startAgent({
    nodeId: id,
    ollamaHost: ollamaUrl,
    backends,
    routerUrl,
    mdnsType: "_fleet-manager._tcp.local.",
    heartbeatInterval: beatS,
    gatewayPort: 0,
    gatewayHost: "127.0.0.1",
    dataDir: join(tempFolder(cleanup), id),
    logLevel: "INFO",
    consoleLogLevel: "INFO",
  });
  cleanup.add(() => agent.close({ drain: false }));
  const { hostname: host, port } = new URL(routerUrl);
  await untilJoined({ host, port: Number(port) }, [id]);
}
