import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { gibText, plainText } from "../words.ts";

/** Share of the memory that must be free, and how many models may be loaded at most. */
const FREE_SHARE = 0.5;
const FEW_MODELS = 2;

/** A machine that could do more. */
export const underutilizedMemory: Check = {
  id: "underutilized_memory",
  title: "Machines with much free memory",
  meaning: "info when more than half of a machine's memory is free and at most two models are loaded",
  appliesTo: () => true,
  inspect: (facts) =>
    realReportingNodes(facts).flatMap(({ node, facts: { heartbeat } }) => {
      const { available_gb, total_gb } = node.memory;
      const loaded = heartbeat.ollama.models_loaded.length;
      const share = total_gb > 0 ? available_gb / total_gb : 0;
      // Where Ollama does not answer, room is not what is missing.
      if (heartbeat.ollama.reachable === false) return [];
      if (node.status !== "online" || share <= FREE_SHARE || loaded > FEW_MODELS) return [];
      const percent = Math.round(share * 100);
      return {
        severity: "info" as const,
        nodeId: node.nodeId,
        subject: "",
        title: `${plainText(node.nodeId)} has room for more`,
        description: `${gibText(available_gb)} of ${gibText(total_gb)} (${percent} %) are free with ${counted(loaded, "model")} loaded.`,
        why: "A larger model, or one more, would fit there and take load off other machines.",
        fix: "See what is recommended for it, or pull a further model",
        command: "herd recommend",
        details: { available_gb, available_pct: percent, models_loaded: loaded },
      };
    }),
};
