import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { mlxServersOf } from "../nodes/mlx-servers.ts";
import { plainText } from "../words.ts";

/** MLX servers of the predecessor's agents: this router calls none of them. */
export const mlxRoutingDisabled: Check = {
  id: "mlx_routing_disabled",
  title: "MLX servers that are not used",
  meaning: "warning when an agent of the predecessor reports a healthy MLX server, to which this router sends nothing",
  appliesTo: () => true,
  inspect: (facts) =>
    realReportingNodes(facts).flatMap(({ node: { nodeId, isLegacy }, facts: { heartbeat } }) => {
      const healthy = mlxServersOf(heartbeat).filter(({ status }) => status === "healthy");
      const [first] = healthy;
      if (!isLegacy || first === undefined) return [];
      return {
        severity: "warning" as const,
        nodeId,
        subject: "",
        title: `MLX on ${plainText(nodeId)} is not used`,
        description: `${healthy.map(({ model, port }) => `${plainText(model)} on port ${port}`).join(", ")} would answer, but gets no requests.`,
        why: "The router sends requests to MLX only through this product's agent.",
        fix: "Run this product's herd-node there and name the server to it",
        command: `herd-node --backend http://127.0.0.1:${first.port}`,
        details: { servers: healthy.map(({ port, model }) => ({ port, model })) },
      };
    }),
};
