import type { Holder } from "../../domain/fleet-snapshot.ts";
import type { Check, Finding } from "../check.ts";
import type { RoutingSettings } from "../facts/traffic-facts.ts";
import { unloadCommand } from "../reading/commands.ts";
import { presentModels } from "../reading/real-models.ts";
import { percent } from "../reading/wording.ts";
import { gibOf, gibText } from "../words.ts";

/** What Ollama shows is rounded, and parts of some models never lie on the card. */
const WHOLE = 0.97;
/** A chip that shares the memory of the processor is no card, GiB. */
const LEAST_CARD_GB = 2;
/** So small a model is as fast without a card, bytes. */
const SMALL = 512 * 1024 * 1024;

/** Models of which a part runs on the processor although there is a graphics card. */
export const partialGpuOffload: Check = {
  id: "partial_gpu_offload",
  title: "Models that do not lie in GPU memory as a whole",
  meaning: "On a node with a graphics card, a loaded model lies in its memory only in part, or not at all: a warning.",
  appliesTo: ({ fleet }) => presentModels(fleet).some(({ model }) => model.loaded?.vramBytes !== undefined),
  inspect: ({ fleet, traffic }) =>
    presentModels(fleet)
      .filter(isSplit)
      .map((holder) => findingOf(holder, traffic.settings)),
};

function isSplit({ node, model: { loaded } }: Holder): boolean {
  if (loaded?.vramBytes === undefined || loaded.sizeBytes < SMALL) return false;
  // Without a card there is nothing to lie in; a part on one proves that there is.
  return (node.gpus.some(isCard) || loaded.vramBytes > 0) && loaded.vramBytes < WHOLE * loaded.sizeBytes;
}

const isCard = (gpu: Holder["node"]["gpus"][number]): boolean => gpu.vram_total_gb >= LEAST_CARD_GB;

function findingOf({ node, model }: Holder, settings: RoutingSettings | undefined): Finding {
  const size = model.loaded?.sizeBytes ?? 0;
  const vram = model.loaded?.vramBytes ?? 0;
  const share = percent(vram, size);
  return {
    severity: "warning",
    nodeId: node.nodeId,
    subject: model.name,
    title: vram === 0 ? "A model runs without the graphics card" : "A model runs partly on the processor",
    description: `Only ${share} % of ${model.name} (${gibText(gibOf(vram))} of ${gibText(gibOf(size))}) lie in GPU memory on ${node.nodeId}, with a context of ${model.loaded?.contextLength ?? 0} tokens.`,
    why: "Every token waits for the part that the processor computes: such a model writes several times slower.",
    fix: "Load it with less context, unload other models there, or use a smaller quantisation; `ollama ps` on the node shows the split",
    command: unloadCommand(settings, model.name, node.nodeId),
    details: {
      model: model.name,
      size_gb: gibOf(size),
      size_vram_gb: gibOf(vram),
      gpu_pct: share,
      context_length: model.loaded?.contextLength ?? 0,
    },
  };
}
