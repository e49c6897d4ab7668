import type { ModelKey } from "@herd/shared";
import type { BackendSnapshot, ModelSnapshot, NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { isCloudKey, modelKeyOf } from "../domain/model-name.ts";
import type { AdviceFacts, UseOfModel } from "./advice-facts.ts";
import type { CatalogueModel, Category } from "./catalogue/catalogue.ts";
import { bytesPerToken } from "./expected-speed.ts";
import type { Hardware } from "./hardware.ts";

/** A model on a node's disk. */
export interface OwnModel {
  readonly model: ModelSnapshot;
  readonly key: ModelKey;
  readonly entry: CatalogueModel | undefined;
  readonly category: Category;
  readonly weightBytes: number;
  readonly memoryBytes: number;
  readonly requests7d: number;
  /** Learned there, tokens/s. */
  readonly speed: { readonly tokensPerS: number; readonly samples: number } | undefined;
}

/** The Ollama of a node, when it answers; without it nothing can be pulled there. */
export const pullingBackendOf = ({ backends, status }: NodeSnapshot): BackendSnapshot | undefined =>
  status === "offline"
    ? undefined
    : backends.find(({ kind, reachability }) => kind === "ollama" && reachability !== "unreachable");

/** The models on a node's disk whose size is known, with what was measured of them. */
export function ownModelsOf(
  node: NodeSnapshot,
  facts: AdviceFacts,
  { contextTokens }: Pick<Hardware, "contextTokens">,
): readonly OwnModel[] {
  const backend = pullingBackendOf(node);
  if (backend === undefined) return [];
  const requests = requestsOn(node, facts.usage.used);
  return [...backend.models].flatMap(([key, model]) => {
    const entry = facts.book.find(model);
    const weightBytes = model.sizeBytes ?? entry?.size_bytes;
    if (weightBytes === undefined || isCloudKey(key)) return [];
    const { tokensPerS, samples } = facts.speedOf(`${node.nodeId}:${model.name}`);
    return {
      model,
      key,
      entry,
      category: facts.book.categoryOf(model),
      weightBytes,
      memoryBytes: loadedBytes(model) ?? facts.memoryOf({ ...sizedAs(model, entry), weightBytes, contextTokens }),
      requests7d: requests.get(key) ?? 0,
      speed: tokensPerS === undefined ? undefined : { tokensPerS, samples },
    };
  });
}

const loadedBytes = ({ loaded }: ModelSnapshot): number | undefined =>
  loaded !== undefined && loaded.sizeBytes > 0 ? loaded.sizeBytes : undefined;

const sizedAs = ({ digest, contextMax }: ModelSnapshot, entry: CatalogueModel | undefined) => ({
  digest,
  contextMax: contextMax ?? entry?.context_length,
  cacheBytesPerToken: entry?.cache_bytes_per_token,
});

function requestsOn({ nodeId }: NodeSnapshot, used: readonly UseOfModel[]): ReadonlyMap<ModelKey, number> {
  const sums = new Map<ModelKey, number>();
  for (const use of used) {
    const key = use.nodeId === nodeId ? modelKeyOf(use.model) : undefined;
    if (key !== undefined) sums.set(key, (sums.get(key) ?? 0) + use.requests7d);
  }
  return sums;
}

/** Share of a model's weights that one token passes through; 1 where nobody tells. */
export const activeShareOf = (entry: CatalogueModel | undefined): number =>
  entry === undefined ? 1 : Math.min(1, entry.active_params_b / entry.params_b);

/** Bytes per second that the node's models were measured to read while writing, the median. */
export function readBytesPerS(models: readonly OwnModel[]): number | undefined {
  const rates = models
    .flatMap(({ speed, weightBytes, entry, category }) =>
      speed === undefined || category === "embedding"
        ? []
        : speed.tokensPerS * bytesPerToken({ weightBytes, activeShare: activeShareOf(entry) }),
    )
    .toSorted((one, other) => one - other);
  return rates[rates.length >> 1];
}
