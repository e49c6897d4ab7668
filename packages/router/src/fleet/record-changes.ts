import { type ModelKey, nodeId } from "@herd/shared";
import { modelKeyOf } from "../domain/model-name.ts";
import type { Inventory, NodeRecord } from "./node-record.ts";

/** The record of a node that is only known from the store. */
export function emptyRecord({
  heartbeat,
  origin,
  inventory,
}: Pick<NodeRecord, "heartbeat" | "origin" | "inventory">): NodeRecord {
  return {
    nodeId: nodeId(heartbeat.node_id),
    origin,
    heartbeat,
    inventory,
    lastHeartbeatAt: undefined,
    isDraining: false,
    isRefusing: false,
    backendSigns: undefined,
    unloadedAt: new Map(),
    seenLoaded: new Map(),
    freshNames: new Map(),
    foundVersion: undefined,
    findings: [],
    useFindings: [],
  };
}

/** Whether anything speaks against calling the node. */
export const hasBadSigns = ({ isRefusing, backendSigns, useFindings }: NodeRecord): boolean =>
  isRefusing || backendSigns !== undefined || useFindings.length > 0;

/** Whether facts about some of its models were never sent. */
export const lacksInventory = ({ heartbeat, inventory }: NodeRecord): boolean =>
  heartbeat.ollama.models_available.some((name) => inventory.facts[name] === undefined);

/** A list of models tells less than an agent: of a model that is still the same, what is known stays. */
export function keepRicher(known: Inventory["facts"], found: Inventory["facts"]): Inventory["facts"] {
  const kept = Object.entries(found).map(([name, facts]) => {
    const before = Object.hasOwn(known, name) ? known[name] : undefined;
    return [name, before !== undefined && before.digest === facts.digest ? { ...facts, ...before } : facts];
  });
  return Object.fromEntries(kept);
}

/** Names that a node lists now and did not before, with the instant, Unix epoch ms. */
export function freshNamesOf(
  known: readonly string[],
  found: readonly string[],
  now: number,
): ReadonlyMap<string, number> {
  const before = new Set(known);
  return new Map(found.filter((name) => !before.has(name)).map((name) => [name, now]));
}

/** The record without a model that the node turned out not to have. */
export function withoutModel(record: NodeRecord, key: ModelKey): NodeRecord {
  const { ollama } = record.heartbeat;
  const keeps = (name: string): boolean => modelKeyOf(name) !== key;
  return {
    ...record,
    heartbeat: {
      ...record.heartbeat,
      ollama: {
        ...ollama,
        models_available: ollama.models_available.filter(keeps),
        models_loaded: ollama.models_loaded.filter((model) => keeps(model.name)),
      },
    },
  };
}
