import { join } from "node:path";
import { ask } from "../load/ask.ts";
import { freePort, freePorts } from "../processes/ports.ts";
import { type Child, startChild } from "../processes/start-child.ts";
import type { Cleanup } from "../processes/with-cleanup.ts";
import { productProgram, type RouterProcess, startRouter } from "../stage/router-process.ts";
import { startSimulatedNode } from "../stage/simulated-node.ts";
import { SOAK_MODELS } from "./mix.ts";

/** One machine: its Ollama can die and come back, and so can its agent. */
export interface SoakNode {
  readonly id: string;
  readonly port: number;
  ollama: Child;
  agent: Child;
  readonly restartOllama: () => Promise<void>;
  readonly restartAgent: () => Promise<void>;
}

/** A router with nodes, all processes of their own, all joined. */
export interface SoakFleet {
  readonly router: RouterProcess;
  readonly dataDir: string;
  readonly nodes: readonly SoakNode[];
}

const NODES = 3;
const OLLAMA_FLAGS = [
  ...SOAK_MODELS.flatMap((name) => ["--model", `${name}:4.9`]),
  ...["--load", SOAK_MODELS[0], "--num-parallel", "8", "--time-scale", "0.1", "--control"],
];

/** Starts a router, simulated Ollamas and their agents; resolves when a request for every model is answered. @param environment settings of the router */
export async function startSoakFleet(
  { keep, folder }: Cleanup,
  environment: Readonly<Record<string, string>>,
): Promise<SoakFleet> {
  const home = folder();
  const router = keep(await startRouter({ port: await freePort(), folder: home, environment }));
  const ports = await freePorts(NODES);
  const nodes = await Promise.all(ports.map((port, at) => startNode({ id: `soak-${at + 1}`, port, router, home })));
  for (const node of nodes) {
    keep({ stop: () => node.agent.stop() });
    keep({ stop: () => node.ollama.kill() });
  }
  await untilJoined(router);
  return { router, dataDir: join(home, "data"), nodes };
}

interface NodeOrder {
  readonly id: string;
  readonly port: number;
  readonly router: RouterProcess;
  readonly home: string;
}

async function startNode({ id, port, router, home }: NodeOrder): Promise<SoakNode> {
  const startOllama = () => startSimulatedNode({ port, folder: home, flags: OLLAMA_FLAGS });
  const startAgent = (): Child =>
    startChild({
      command: process.execPath,
      args: [
        ...productProgram("node-agent"),
        ...["--router-url", router.url, "--node-id", id, "--ollama-host", `http://127.0.0.1:${port}`],
        ...["--gateway-port", "0", "--data-dir", join(home, id)],
      ],
      environment: { HOME: home, FLEET_NODE_GATEWAY_HOST: "127.0.0.1", OLLAMA_NUM_PARALLEL: "8" },
      logFile: join(home, `${id}.log`),
    });
  const node: SoakNode = {
    id,
    port,
    ollama: await startOllama(),
    agent: startAgent(),
    restartOllama: async () => {
      await node.ollama.kill();
      node.ollama = await startOllama();
    },
    restartAgent: async () => {
      await node.agent.kill();
      node.agent = startAgent();
    },
  };
  return node;
}

async function untilJoined({ port, end }: RouterProcess): Promise<void> {
  for (const model of SOAK_MODELS) {
    const body = JSON.stringify({ model, prompt: "Are you there?", stream: false });
    let status = 0;
    while (status !== 200) {
      ({ status } = await ask({ port, path: "/api/generate", body }));
      const reason = end();
      if (reason !== undefined) throw new Error(reason);
    }
  }
}
