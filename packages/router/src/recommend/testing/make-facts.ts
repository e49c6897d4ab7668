import { fromGib, type ModelKey, modelKey } from "@herd/shared";
import type { Holder, ModelSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { NO_MODEL_FACTS } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { Capability } from "../../domain/request.ts";
import { plainModel, plainNode } from "../../domain/testing/plain-node.ts";
import type { AdviceFacts, UseOfModel } from "../advice-facts.ts";
import { type Catalogue, type CatalogueModel, readCatalogue } from "../catalogue/catalogue.ts";
import { createModelBook } from "../catalogue/model-book.ts";
import { createQuality } from "../catalogue/quality.ts";

/** What a test says of a model in the catalogue; the rest follows. */
export type EntryWish = Partial<CatalogueModel> & { readonly ollama_name: string };

/** A catalogue of these models, read as a file would be. */
export function makeCatalogue(wishes: readonly EntryWish[]): Catalogue {
  const models = wishes.map(({ ollama_name, ...wish }) => ({
    ollama_name,
    display_name: ollama_name,
    family: ollama_name.split(":")[0],
    params_b: 8,
    active_params_b: 8,
    size_bytes: 5e9,
    context_length: 32_768,
    category: "general",
    sources: { size: "s", benchmarks: "s", licence: "s" },
    ...wish,
  }));
  const sources = { s: { title: "Test", url: "https://example.com", date: "2026-01-01" } };
  const reading = readCatalogue({ format: 1, date: "2026-01-01", about: "", sources, models });
  if (reading.kind === "refused") throw new Error(reading.reason);
  return reading.catalogue;
}

/** What a test says of a model on a disk. */
export interface ModelWish {
  readonly name: string;
  readonly sizeGb?: number;
  readonly digest?: string;
  readonly isLoaded?: boolean;
  readonly modifiedAt?: string;
  /** Made there from this one. */
  readonly parentModel?: string;
  readonly capabilities?: readonly Capability[];
}

/** What a test says of a node. */
export interface NodeWish {
  readonly id?: string;
  readonly ramGb?: number;
  readonly vramGb?: number;
  readonly bandwidth?: number | undefined;
  readonly models?: readonly ModelWish[];
  readonly status?: NodeSnapshot["status"];
  readonly ceilingGb?: number;
  readonly isReachable?: boolean;
  readonly isSimulated?: boolean;
}

/** A node that could run. */
export function makeNode({
  id = "n",
  ramGb = 64,
  vramGb,
  models = [],
  ceilingGb,
  ...wish
}: NodeWish = {}): NodeSnapshot {
  return plainNode(id, {
    status: wish.status ?? "online",
    isSimulated: wish.isSimulated ?? false,
    memory: { total_gb: ramGb, used_gb: 1, available_gb: ramGb - 1, pressure: "normal", wired_gb: 0, compressed_gb: 0 },
    gpus: vramGb === undefined ? [] : [{ name: "GPU", vram_total_gb: vramGb }],
    capacity: ceilingGb === undefined ? undefined : { ...FULL_CAPACITY, ceiling_gb: ceilingGb },
    chip: "Apple M2",
    memoryBandwidth: "bandwidth" in wish ? wish.bandwidth : 400,
    backends: [
      {
        id: "ollama",
        kind: "ollama",
        route: { kind: "loopback", origin: "http://127.0.0.1:1", prefix: "" },
        reachability: wish.isReachable === false ? "unreachable" : "reachable",
        version: "0.24.0",
        reportedParallelism: 1,
        models: new Map(models.map((model) => [keyOf(model.name), makeModel(model)])),
      },
    ],
  });
}

const FULL_CAPACITY = {
  mode: "full",
  availability_score: 1,
  reason: "",
  override_active: false,
  learning_confidence: 1,
  days_observed: 9,
};

const keyOf = (name: string): ModelKey => modelKeyOf(name) ?? modelKey(name);

function makeModel({
  name,
  sizeGb = 5,
  digest,
  isLoaded = false,
  modifiedAt,
  parentModel,
  capabilities,
}: ModelWish): ModelSnapshot {
  const loaded = { sizeBytes: fromGib(sizeGb + 1), vramBytes: undefined, contextLength: 8192 };
  return plainModel(name, {
    key: keyOf(name),
    digest,
    sizeBytes: fromGib(sizeGb),
    loaded: isLoaded ? loaded : undefined,
    capabilities,
    facts: { ...NO_MODEL_FACTS, modifiedAt, parentModel },
  });
}

/** What a test says of everything else. */
export interface FactsWish {
  readonly catalogue: Catalogue;
  readonly nodes?: readonly NodeSnapshot[];
  readonly diskFreeGb?: number | undefined;
  readonly used?: readonly Partial<UseOfModel>[];
  readonly lastUses?: AdviceFacts["usage"]["lastUses"];
  readonly since?: number | undefined;
  readonly speeds?: Readonly<Record<string, number>>;
  readonly waiting?: number;
  readonly pinned?: readonly string[];
}

export const NOW = Date.parse("2026-11-20T12:00:00Z");

const SOME_USE: UseOfModel = { nodeId: "n", model: "m", requests7d: 10, requests24h: 1, queueWaitMs7d: 0 };

function holdersOf(nodes: readonly NodeSnapshot[]): ReadonlyMap<ModelKey, readonly Holder[]> {
  const all = nodes.flatMap((node) => node.backends.map((backend) => ({ node, backend })));
  const holders = all.flatMap(({ node, backend }) =>
    [...backend.models.values()].map((model) => ({ node, backend, model, laneKey: `${node.nodeId}:${model.name}` })),
  );
  return Map.groupBy(holders, ({ model }) => model.key);
}

/** Facts as they could be gathered. A model takes a tenth more memory than its file. */
export function makeFacts({ catalogue, nodes = [makeNode()], ...wish }: FactsWish): AdviceFacts {
  const disk = "diskFreeGb" in wish ? wish.diskFreeGb : 500;
  return {
    now: NOW,
    fleet: {
      version: 1,
      nodes,
      holders: holdersOf(nodes),
      aggregates: { medianBandwidth: undefined, medianDecodeSpeed: undefined },
    },
    book: createModelBook(catalogue),
    qualityOf: createQuality(catalogue),
    usage: {
      used: (wish.used ?? []).map((use) => ({ ...SOME_USE, ...use })),
      lastUses: wish.lastUses ?? [],
      since: "since" in wish ? wish.since : NOW / 1000 - 90 * 86_400,
    },
    diskOf: () => (disk === undefined ? undefined : { totalBytes: fromGib(1000), freeBytes: fromGib(disk) }),
    memoryOf: ({ weightBytes }) => Math.ceil(weightBytes * 1.1),
    speedOf: (lane) => ({ tokensPerS: wish.speeds?.[lane], samples: wish.speeds?.[lane] === undefined ? 0 : 9 }),
    waitingFor: () => wish.waiting ?? 0,
    isPinned: (_node, key) => (wish.pinned ?? []).some((name) => modelKeyOf(name) === key),
  };
}
