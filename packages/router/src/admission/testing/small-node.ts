import type { Holder } from "../../domain/fleet-snapshot.ts";
import { plainModel, plainNode } from "../../domain/testing/plain-node.ts";

/** A machine with some models. */
export interface SmallNode {
  readonly id: string;
  readonly models: readonly string[];
  /** Models in memory; all of them when left out. */
  loaded?: readonly string[];
  /** What its backend reports; undefined leaves it to the learning. */
  readonly slots?: number | undefined;
  /** Points added to its total. */
  readonly bonus?: number;
  isOnline: boolean;
}

/** A machine that is online, with everything in memory. */
export const smallNode = (id: string, wishes: Partial<SmallNode> = {}): SmallNode => ({
  id,
  models: ["m"],
  isOnline: true,
  ...wishes,
});

/** One model on a machine, as scheduling sees it. */
export function holderOf(node: SmallNode, name: string): Holder {
  const isLoaded = (node.loaded ?? node.models).includes(name);
  const model = plainModel(name, {
    loaded: isLoaded ? { sizeBytes: 1, vramBytes: undefined, contextLength: 4096 } : undefined,
  });
  const backend = {
    id: "ollama",
    kind: "ollama",
    route: { kind: "direct", origin: "http://127.0.0.1:1", prefix: "" },
    reachability: "reachable",
    version: "",
    reportedParallelism: node.slots,
    models: new Map([[model.key, model]]),
  } as const;
  return { node: plainNode(node.id), backend, model, laneKey: `${node.id}:${name}` };
}
