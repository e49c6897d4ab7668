import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { plainText, shellWord } from "../words.ts";

/** Machines that answer and have nothing to answer with. */
export const nodeWithoutModels: Check = {
  id: "node_without_models",
  title: "Machines without models",
  meaning: "warning when a machine's servers answer, but have no model",
  appliesTo: () => true,
  inspect: (facts) =>
    realReportingNodes(facts).flatMap(({ node, facts: { heartbeat } }) => {
      const { models_available: available, models_loaded: loaded, reachable } = heartbeat.ollama;
      const served = (heartbeat.backends ?? []).some(({ models }) => models.length > 0);
      if (reachable === false || served || available.length + loaded.length > 0) return [];
      return {
        severity: "warning" as const,
        nodeId: node.nodeId,
        subject: "",
        title: `${plainText(node.nodeId)} has no model`,
        description: "Its Ollama answers and lists no model.",
        why: "It cannot serve any request.",
        fix: "Pull a model onto it",
        command: `herd pull MODEL --node ${shellWord(node.nodeId)}`,
        details: { models_available: 0 },
      };
    }),
};
