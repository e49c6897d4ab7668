import { BYTES_PER_GIB } from "@herd/shared";
import type { Holder } from "../../domain/fleet-snapshot.ts";
import type { Check, Finding } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { settingsCommand } from "../reading/commands.ts";
import { groupedBy } from "../reading/evidence.ts";
import { presentModels } from "../reading/real-models.ts";
import { wishedContext } from "../reading/wished-context.ts";
import { percent } from "../reading/wording.ts";
import { gibOf, gibText } from "../words.ts";

/** Above the weights, as a share of them, and in bytes: buffers and a usual cache stay below. */
const BLOAT_SHARE = 0.5;
const LEAST_BLOAT = BYTES_PER_GIB;
/** Share of the cache in all that is loaded on a node, percent. */
const WARNING_PCT = 30;
const CRITICAL_PCT = 50;

interface Loaded extends Holder {
  readonly weights: number;
  readonly memory: number;
}

/** Memory that goes into caches instead of weights. */
export const kvCacheBloat: Check = {
  id: "kv_cache_bloat",
  title: "Memory that models take beyond their weights",
  meaning:
    "A loaded model takes over 1.5 times its weights on disk and at least 1 GiB more: information; a warning when the node's caches are over 30 % of " +
    "what is loaded, critical over 50 % with memory under pressure.",
  appliesTo: ({ fleet }) => presentModels(fleet).some(({ model }) => model.loaded !== undefined),
  inspect: (facts) =>
    groupedBy(loadedModels(facts), ({ node }) => node.nodeId).flatMap(([, models]) => inspectNode(facts, models)),
};

/** Weights as they lie on disk, in whatever quantisation: nothing is guessed from a name. */
const loadedModels = ({ fleet }: HealthFacts): readonly Loaded[] =>
  presentModels(fleet).flatMap((holder) => {
    const { sizeBytes: weights, loaded } = holder.model;
    const isTold = weights !== undefined && weights > 0 && loaded !== undefined && loaded.sizeBytes > 0;
    return isTold ? [{ ...holder, weights, memory: loaded.sizeBytes }] : [];
  });

const extraOf = ({ weights, memory }: Loaded): number => Math.max(0, memory - weights);
const isBloated = (model: Loaded): boolean =>
  extraOf(model) > BLOAT_SHARE * model.weights && extraOf(model) >= LEAST_BLOAT;

function inspectNode(facts: HealthFacts, models: readonly Loaded[]): readonly Finding[] {
  const bloated = models.filter(isBloated);
  const [worst] = bloated.toSorted((one, other) => extraOf(other) - extraOf(one));
  if (worst === undefined) return [];
  const total = models.reduce((sum, { memory }) => sum + memory, 0);
  const cache = models.reduce((sum, model) => sum + extraOf(model), 0);
  const share = percent(cache, total);
  const { node, model } = worst;
  const { settings } = facts.traffic;
  const tokens = wishedContext(facts, model.name);
  const overrides = { ...settings?.numCtxOverrides, [model.name]: tokens };
  return [
    {
      severity: severityOf(share, node.memory.pressure),
      nodeId: node.nodeId,
      subject: "",
      title: "Context caches take much memory",
      description: `On ${node.nodeId}, ${share} % of what is loaded is no weights: ${model.name} takes ${gibText(gibOf(worst.memory))} for ${gibText(gibOf(worst.weights))} of weights, with a context of ${model.loaded?.contextLength ?? 0} tokens.`,
      why: "The cache grows with the context and with the requests computed at once. What it takes is missing for other models, which then have to be loaded again and again.",
      fix: `Load ${model.name} with less context: ${tokens} tokens suffice for what was asked. Or lower OLLAMA_CONTEXT_LENGTH or OLLAMA_NUM_PARALLEL on ${node.nodeId} and restart its Ollama.`,
      command: settingsCommand(settings, { dynamic_num_ctx: true, num_ctx_overrides: overrides }),
      details: {
        total_vram_gb: gibOf(total),
        estimated_weights_gb: gibOf(total - cache),
        kv_cache_gb: gibOf(cache),
        kv_cache_pct: share,
        bloated_models: bloated.map((one) => ({
          name: one.model.name,
          vram_gb: gibOf(one.memory),
          expected_gb: gibOf(one.weights),
          overhead_pct: percent(extraOf(one), one.weights),
          context_length: one.model.loaded?.contextLength ?? 0,
          quantization: one.model.facts.quantization ?? null,
        })),
      },
    },
  ];
}

function severityOf(share: number, pressure: string): Finding["severity"] {
  if (share > CRITICAL_PCT && pressure !== "normal") return "critical";
  return share > WARNING_PCT ? "warning" : "info";
}
