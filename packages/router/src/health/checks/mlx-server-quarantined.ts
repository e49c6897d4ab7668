import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { mlxServersOf } from "../nodes/mlx-servers.ts";
import { plainText } from "../words.ts";

/** MLX servers that crashed too often. */
export const mlxServerQuarantined: Check = {
  id: "mlx_server_quarantined",
  title: "MLX servers that crashed too often",
  meaning: "critical when an MLX server is kept down after repeated crashes",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId }, facts: { heartbeat } }) =>
      mlxServersOf(heartbeat)
        .filter(({ status }) => status === "quarantined")
        .map(({ port, model, status, reason }) => ({
          severity: "critical" as const,
          nodeId,
          subject: `${port}`,
          title: `MLX on ${plainText(nodeId)} crashes`,
          description: `${plainText(model)} on port ${port} is kept down${reason === "" ? "" : `: ${plainText(reason)}`}.`,
          why: "The model cannot be used there.",
          fix: "Read the server's log on that machine, then start it by hand to see why it ends",
          command: `tail -n 50 ~/.fleet-manager/logs/mlx-server-${port}.log`,
          details: { port, model, status },
        })),
    ),
};
