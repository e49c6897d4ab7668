import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { mlxServersOf } from "../nodes/mlx-servers.ts";
import { gibText, plainText } from "../words.ts";

/** MLX servers that wait for memory. */
export const mlxMemoryBlocked: Check = {
  id: "mlx_memory_blocked",
  title: "MLX servers that wait for memory",
  meaning: "warning when an MLX server is not started because its model would not fit into memory",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId }, facts: { heartbeat } }) =>
      mlxServersOf(heartbeat)
        .filter(({ status }) => status === "memory_blocked")
        .map(({ port, model, sizeGb }) => ({
          severity: "warning" as const,
          nodeId,
          subject: `${port}`,
          title: `MLX on ${plainText(nodeId)} waits for memory`,
          description: `${plainText(model)} on port ${port}${sizeGb === undefined ? "" : ` needs ${gibText(sizeGb)} and`} is not started.`,
          why: "The model cannot be used there.",
          fix: "Free memory on that machine, or give the server a smaller model",
          command: "ollama stop MODEL",
          details: { port, model, model_size_gb: sizeGb ?? null },
        })),
    ),
};
