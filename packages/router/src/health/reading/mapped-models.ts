import { isCloudKey, modelKeyOf } from "../../domain/model-name.ts";
import type { HealthFacts } from "../facts.ts";
import { isKnown, isSameModel } from "./real-models.ts";

/** What stands behind names of Anthropic's clients. */
export interface MappedModel {
  /** The names, of the map, that lead to it. */
  readonly names: readonly string[];
  readonly model: string;
}

/** The predecessor's mark of a model on an MLX server. */
const MLX_PREFIX = "mlx:";

/** The models of `anthropic_model_map` as requests get them: aliases followed, those of Ollama's cloud left out. */
export function mappedModels({ fleet, traffic }: HealthFacts): readonly MappedModel[] {
  const { anthropicModelMap = {}, modelAliases = {} } = traffic.settings ?? {};
  const byModel = new Map<string, string[]>();
  for (const [name, written] of Object.entries(anthropicModelMap)) {
    const target = written.trim();
    if (target === "") continue;
    const plain = target.startsWith(MLX_PREFIX) && !isKnown(fleet, target) ? target.slice(MLX_PREFIX.length) : target;
    const model = aliasOf(modelAliases, plain);
    byModel.set(model, [...(byModel.get(model) ?? []), name]);
  }
  return [...byModel].flatMap(([model, names]) => (isOfCloud(model) ? [] : [{ model, names }]));
}

/** What a name stands for; a name that is no alias stands for itself. */
function aliasOf(aliases: Readonly<Record<string, string>>, name: string): string {
  const found = Object.keys(aliases).find((alias) => isSameModel(alias, name));
  return found === undefined ? name : (aliases[found] ?? name);
}

/** Served by any Ollama that is signed in: it need not be on a disk. */
export function isOfCloud(name: string): boolean {
  const key = modelKeyOf(name);
  return key !== undefined && isCloudKey(key);
}
