import { type ModelKey, modelKey, nodeId } from "@herd/shared";
import { modelKeyOf } from "../domain/model-name.ts";
import { backendIdOf } from "./backends/backend-id.ts";
import { withNothingLoaded, withoutModels, withServers } from "./backends/servers-of.ts";
import type { Inventory, NodeRecord } from "./node-record.ts";

/** The record of a node that is only known from the store: nobody knows what its servers have in memory. */
export function emptyRecord({
  heartbeat,
  origin,
  inventory,
}: Pick<NodeRecord, "heartbeat" | "origin" | "inventory">): NodeRecord {
  return {
    nodeId: nodeId(heartbeat.node_id),
    origin,
    heartbeat: withServers(heartbeat, withNothingLoaded),
    inventory,
    lastHeartbeatAt: undefined,
    isDraining: false,
    isCordoned: false,
    isRefusing: false,
    signs: new Map(),
    unloadedAt: new Map(),
    seenLoaded: new Map(),
    freshNames: new Map(),
    goneFromDisk: new Map(),
    goneFromMemory: new Map(),
    foundVersion: undefined,
    findings: [],
    useFindings: [],
  };
}

/** Whether anything speaks against calling a backend of the node. */
const hasBadSigns = ({ isRefusing, signs, useFindings }: NodeRecord, backendId: string): boolean =>
  isRefusing || signs.has(backendId) || useFindings.length > 0;

/** The record after a call to one of its backends was answered. What speaks against the others stays. */
export function withoutBadSigns(record: NodeRecord, backendId: string): NodeRecord {
  if (!hasBadSigns(record, backendId)) return record;
  const signs = new Map(record.signs);
  signs.delete(backendId);
  return { ...record, isRefusing: false, signs, useFindings: [] };
}

/** Whether facts about some of its models were never sent. */
export const lacksInventory = ({ heartbeat, inventory }: NodeRecord): boolean =>
  heartbeat.ollama.models_available.some((name) => inventory.facts[name] === undefined);

/** What a node's Ollama lists, and the facts about it. */
export interface FoundModels extends Inventory {
  readonly names: readonly string[];
}

/** The record of a node whose Ollama was asked for its models. @param now Unix epoch ms */
export function withInventory(record: NodeRecord, found: FoundModels, now: number): NodeRecord {
  const { inventory, heartbeat } = record;
  const names = new Set(found.names);
  const keys = new Set(found.names.map(modelKeyOf));
  const stillFresh = [...record.freshNames].filter(([name]) => names.has(name));
  return {
    ...record,
    goneFromDisk: new Map([...record.goneFromDisk].filter(([key]) => !keys.has(key))),
    freshNames: new Map([...stillFresh, ...freshNamesOf(heartbeat.ollama.models_available, found.names, now)]),
    inventory: {
      facts: { ...inventory.facts, ...keepRicher(inventory.facts, found.facts) },
      sizesGb: { ...inventory.sizesGb, ...found.sizesGb },
    },
    heartbeat: { ...heartbeat, ollama: { ...heartbeat.ollama, models_available: [...found.names] } },
  };
}

/** A list of models tells less than an agent: of a model that is still the same, what is known stays. */
function keepRicher(known: Inventory["facts"], found: Inventory["facts"]): Inventory["facts"] {
  const kept = Object.entries(found).map(([name, facts]) => {
    const before = Object.hasOwn(known, name) ? known[name] : undefined;
    return [name, before !== undefined && before.digest === facts.digest ? { ...facts, ...before } : facts];
  });
  return Object.fromEntries(kept);
}

/** Names that a node lists now and did not before, with the instant, Unix epoch ms. */
function freshNamesOf(known: readonly string[], found: readonly string[], now: number): ReadonlyMap<string, number> {
  const before = new Set(known);
  return new Map(found.filter((name) => !before.has(name)).map((name) => [name, now]));
}

/** The record without a model that the node's Ollama turned out not to have. @param now Unix epoch ms */
export function withoutModel(record: NodeRecord, key: ModelKey, now: number): NodeRecord {
  const { ollama } = record.heartbeat;
  const keeps = (name: string): boolean => modelKeyOf(name) !== key;
  return {
    ...record,
    freshNames: new Map([...record.freshNames].filter(([name]) => keeps(name))),
    seenLoaded: new Map([...record.seenLoaded].filter(([seen]) => seen !== key)),
    goneFromDisk: new Map(record.goneFromDisk).set(key, now),
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

/** The record of a node that was asked what it has in memory; of these models it named none. @param now Unix epoch ms */
export function withoutLoaded(record: NodeRecord, gone: ReadonlySet<ModelKey>, now: number): NodeRecord {
  if (gone.size === 0) return record;
  const { ollama } = record.heartbeat;
  const goneKeys: ReadonlySet<string> = gone;
  const isGone = (name: string): boolean => gone.has(modelKeyOf(name) ?? NO_KEY);
  const at = [...gone].map((key) => [key, now] as const);
  return {
    ...record,
    unloadedAt: new Map([...record.unloadedAt, ...at]),
    seenLoaded: new Map([...record.seenLoaded].filter(([key]) => !goneKeys.has(key))),
    goneFromMemory: new Map([...record.goneFromMemory, ...at]),
    heartbeat: {
      ...record.heartbeat,
      ollama: {
        ...ollama,
        // A name that is only known from memory is on the disk all the same.
        models_available: [...new Set([...ollama.models_available, ...ollama.models_loaded.map(({ name }) => name)])],
        models_loaded: ollama.models_loaded.filter(({ name }) => !isGone(name)),
      },
    },
  };
}

/** No model has it. */
const NO_KEY = modelKey("");

/** What a router saw on a node outweighs what its agent saw before that for this long, ms. */
const DISK_HOLDS_MS = 20_000;
const MEMORY_HOLDS_MS = 5_000;

/** A heartbeat without the models that are gone since its agent looked, and what is still to be left out of the next one. */
export function withoutGone(
  { goneFromDisk, goneFromMemory }: Pick<NodeRecord, "goneFromDisk" | "goneFromMemory">,
  heartbeat: NodeRecord["heartbeat"],
  now: number,
): Pick<NodeRecord, "heartbeat" | "goneFromDisk" | "goneFromMemory"> {
  if (goneFromDisk.size + goneFromMemory.size === 0) return { heartbeat, goneFromDisk, goneFromMemory };
  const { ollama } = heartbeat;
  const loaded = ollama.models_loaded.map(({ name }) => name);
  const disk = stillGone(goneFromDisk, [...ollama.models_available, ...loaded], now - DISK_HOLDS_MS);
  const memory = stillGone(goneFromMemory, loaded, now - MEMORY_HOLDS_MS);
  const isGone = (name: string, from: ReadonlyMap<ModelKey, number>): boolean => from.has(modelKeyOf(name) ?? NO_KEY);
  return {
    goneFromDisk: disk,
    goneFromMemory: memory,
    heartbeat: {
      ...heartbeat,
      ollama: {
        ...ollama,
        models_available: ollama.models_available.filter((name) => !isGone(name, disk)),
        models_loaded: ollama.models_loaded.filter(({ name }) => !isGone(name, disk) && !isGone(name, memory)),
      },
    },
  };
}

/** An agent that shows a model no more has looked since; one that shows it for too long is right. */
function stillGone(
  gone: ReadonlyMap<ModelKey, number>,
  shown: readonly string[],
  notBefore: number,
): ReadonlyMap<ModelKey, number> {
  const keys = new Set(shown.map(modelKeyOf));
  return new Map([...gone].filter(([key, at]) => keys.has(key) && at > notBefore));
}

/** The record without a model that another of its servers turned out not to have. */
export function withoutServedModel(record: NodeRecord, key: ModelKey, backendId: string): NodeRecord {
  const heartbeat = withServers(record.heartbeat, (server) =>
    backendIdOf(server) === backendId ? withoutModels(server, (model) => model.key !== key) : server,
  );
  return { ...record, heartbeat };
}
