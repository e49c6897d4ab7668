import { setTimeout as pause } from "node:timers/promises";
import { ask } from "../load/ask.ts";
import type { SoakNode } from "./fleet.ts";
import { weighted } from "./random.ts";

/** Something that goes wrong on one node. */
interface Mishap {
  readonly name: string;
  readonly weight: number;
  readonly befall: (node: SoakNode) => Promise<void>;
}

const fault = (kind: string, more: object = {}): Mishap => ({
  name: kind,
  weight: 2,
  befall: async ({ port }) => {
    const body = JSON.stringify({ kind, times: 3, ...more });
    const { status } = await ask({ port, path: "/__simulated/fault", body });
    // Status 0: the node has just been started again, and the old connection was gone.
    if (status !== 200 && status !== 0)
      throw new Error(`the simulated Ollama does not know the fault ${kind}: ${status}`);
  },
});

const faults: readonly Mishap[] = [
  fault("http-500"),
  fault("busy-503"),
  fault("load-failure", { failure: "out-of-memory", times: 1 }),
  fault("cut-mid-stream", { afterRecords: 2 }),
  fault("cut-mid-stream", { afterRecords: 0, how: "reset" }),
  fault("error-record-mid-stream", { afterRecords: 2 }),
  fault("end-without-done", { afterRecords: 2 }),
  fault("slow-first-byte", { milliseconds: 800 }),
  fault("odd-chunks", { times: 20 }),
  fault("truncate-content-length"),
];

/** Of so many mishaps one is a death. */
const DEATH_EVERY = 3;

const deaths: readonly Mishap[] = [
  { name: "Ollama killed and started again", weight: 5, befall: (node) => node.restartOllama() },
  { name: "agent killed and started again", weight: 2, befall: (node) => node.restartAgent() },
];

/** How often something goes wrong, and who says when it is over. */
export interface MischiefOrder {
  readonly nodes: readonly SoakNode[];
  readonly everyMs: number;
  /** Processes die, too; requests then may wait until a node is heard of again. */
  readonly withDeaths: boolean;
  readonly random: () => number;
  readonly isOver: () => boolean;
}

/** Lets things go wrong, one at a time, until it is over. Resolves to how often what did. */
export async function makeMischief({
  nodes,
  everyMs,
  withDeaths,
  random,
  isOver,
}: MischiefOrder): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let turn = 1; ; turn += 1) {
    await pause(everyMs * (0.5 + random()));
    if (isOver()) return counts;
    const mishap = weighted(withDeaths && turn % DEATH_EVERY === 0 ? deaths : faults, random());
    const node = nodes[Math.floor(random() * nodes.length)];
    if (node === undefined) return counts;
    await mishap.befall(node);
    counts.set(mishap.name, (counts.get(mishap.name) ?? 0) + 1);
  }
}
