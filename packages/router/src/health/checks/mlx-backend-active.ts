import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { plainText } from "../words.ts";

/** Machines that offer models by MLX. */
export const mlxBackendActive: Check = {
  id: "mlx_backend_active",
  title: "Machines with MLX models",
  meaning: "info when a machine lists models that run by MLX",
  appliesTo: () => true,
  inspect: (facts) =>
    realReportingNodes(facts).flatMap(({ node: { nodeId }, facts: { heartbeat } }) => {
      const models = heartbeat.ollama.models_available.filter((name) => name.startsWith("mlx:"));
      if (models.length === 0) return [];
      return {
        severity: "info" as const,
        nodeId,
        subject: "",
        title: `${plainText(nodeId)} offers ${models.length} MLX models`,
        description: `MLX serves ${models.slice(0, 5).map(plainText).join(", ")} there.`,
        why: "On Apple silicon MLX is often faster than Ollama for the same model.",
        fix: "Nothing is wrong; a server of its own can be named to this product's agent with --backend",
        command: "herd-node --backend http://127.0.0.1:11440",
        details: { mlx_models: models, count: models.length },
      };
    }),
};
