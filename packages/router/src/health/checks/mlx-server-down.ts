import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { mlxServersOf } from "../nodes/mlx-servers.ts";
import { plainText } from "../words.ts";

const DOWN: ReadonlySet<string> = new Set(["unhealthy", "stopped", "starting"]);

/** MLX servers that do not answer. */
export const mlxServerDown: Check = {
  id: "mlx_server_down",
  title: "MLX servers that do not answer",
  meaning: "critical when an MLX server is unhealthy or stopped, warning while it starts",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId }, facts: { heartbeat } }) =>
      mlxServersOf(heartbeat)
        .filter(({ status }) => DOWN.has(status))
        .map(({ port, model, status, reason }) => ({
          severity: status === "starting" ? ("warning" as const) : ("critical" as const),
          nodeId,
          subject: `${port}`,
          title: `MLX on ${plainText(nodeId)} is ${plainText(status)}`,
          description: `${plainText(model)} on port ${port} is ${plainText(status)}${reason === "" ? "" : `: ${plainText(reason)}`}.`,
          why: "The model cannot be used there meanwhile.",
          fix: "Restart the agent on that machine; read the server's log when it does not come up",
          command: `tail -n 50 ~/.fleet-manager/logs/mlx-server-${port}.log`,
          details: { port, model, status },
        })),
    ),
};
