import type { Cleanup } from "../cleanup.ts";
import { askJson, type Target } from "../clients/http-call.ts";
import { type ChildProgram, childrenOf } from "../programs/children-of.ts";
import { type Program, startProgram } from "../programs/start-program.ts";
import { until } from "../until.ts";
import { fleetStatus } from "./process-fleet.ts";

/** Nobody listens there on any machine. */
const NOWHERE = "http://127.0.0.1:9";

/** How `herd up` is started. */
export interface UpOrder {
  readonly dataDir: string;
  /** Where the agent of this machine looks for its Ollama; nobody is there when left out. */
  readonly ollamaHost?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running `herd up`. */
export interface Up {
  readonly program: Program;
  readonly target: Target & { readonly port: number };
  readonly url: string;
  /** The demo's program; undefined when there is none. */
  readonly demo: () => ChildProgram | undefined;
}

/** Runs `herd up` on a loopback port. */
export async function startUp(cleanup: Cleanup, { dataDir, ollamaHost = NOWHERE, environment }: UpOrder): Promise<Up> {
  const program = startProgram({
    name: "herd",
    flags: ["--host", "127.0.0.1", "--port", "0", "--data-dir", dataDir, "up"],
    environment: {
      FLEET_NODE_OLLAMA_HOST: ollamaHost,
      FLEET_NODE_GATEWAY_PORT: "0",
      FLEET_NODE_GATEWAY_HOST: "127.0.0.1",
      FLEET_NODE_NODE_ID: "own",
      FLEET_START_GRACE_S: "0",
      ...environment,
    },
  });
  cleanup.add(program.kill);
  const port = Number((await program.printed(/http:\/\/localhost:(\d+)/))[1]);
  return {
    program,
    target: { host: "127.0.0.1", port },
    url: `http://127.0.0.1:${port}`,
    demo: () => childrenOf(program.pid).find(({ command }) => command.includes("/demo/main.")),
  };
}

/** Waits until the demo's three machines and the agent of this machine have reported. */
export const untilDemo = ({ target }: Up): Promise<unknown> =>
  until({
    what: "the demo has joined",
    look: async () => {
      const { nodes } = await fleetStatus(target);
      return nodes.filter(({ simulated }) => simulated).length === 3 && nodes.some(({ node_id }) => node_id === "own");
    },
    withinMs: 20_000,
  });

/** The names that `/api/tags` lists. */
export async function listedModels(target: Target, headers: Readonly<Record<string, string>> = {}): Promise<string[]> {
  const { models } = await askJson<{ models: { name: string }[] }>(target, { path: "/api/tags", headers });
  return models.map(({ name }) => name);
}
