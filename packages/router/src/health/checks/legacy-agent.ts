import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { startsAgent } from "../remedies/starting-agent.ts";
import { plainText } from "../words.ts";

/** Agents of the predecessor. */
export const legacyAgent: Check = {
  id: "legacy_agent",
  title: "Agents of the predecessor",
  meaning: "info when a machine is reported by an agent that signs nothing, as the Python predecessor's",
  appliesTo: () => true,
  inspect: (facts) =>
    realReportingNodes(facts).flatMap(({ node: { nodeId, isLegacy, address, agentVersion } }) =>
      isLegacy
        ? {
            severity: "info" as const,
            nodeId,
            subject: "",
            title: `${plainText(nodeId)} runs the predecessor's agent`,
            description: `Its heartbeats from ${address} are not signed${agentVersion === "" ? "" : ` (agent ${plainText(agentVersion)})`}.`,
            why: "Whoever takes over that address can report in its name, and its Ollama must be open to the network.",
            fix: "Run this product's herd-node there; it takes over the node id from the same address",
            command: startsAgent(nodeId),
            details: { address, agent_version: agentVersion },
          }
        : [],
    ),
};
