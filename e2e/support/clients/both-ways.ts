import { type Fault, type SimulatedOllama, startSimulatedOllama } from "@herd/simulated-ollama";
import type { Cleanup } from "../cleanup.ts";
import { startLocalFleet } from "../fleets/local-fleet.ts";
import { smallModel } from "../fleets/small-model.ts";

/** The model that official clients talk to. */
export const MODEL = "demo-chat:3b";

/** One way to the same answers: through a router to either of two nodes, or straight to a node. */
export interface Way {
  readonly url: string;
  /** The simulated Ollamas behind it. */
  readonly ollamas: readonly SimulatedOllama[];
}

const node = { models: [smallModel(MODEL)], loaded: [MODEL], timeScale: 0.05 };

/** A fleet of two. Unknown names are refused at once. */
export async function throughFleet(cleanup: Cleanup): Promise<Way> {
  const fleet = await startLocalFleet(cleanup, { nodes: [node, node], environment: { FLEET_START_GRACE_S: "0" } });
  return { url: fleet.url, ollamas: fleet.nodes.map(({ ollama }) => ollama) };
}

/** One node, without anything between. */
export async function straight(cleanup: Cleanup): Promise<Way> {
  const ollama = await startSimulatedOllama(node);
  cleanup.add(() => ollama.close());
  return { url: ollama.url, ollamas: [ollama] };
}

/** Switches a fault on at every node, or all of them off. */
export function setFault({ ollamas }: Way, fault: Fault | undefined): void {
  for (const ollama of ollamas) ollama.setFault(fault);
}
