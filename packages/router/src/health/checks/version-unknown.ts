import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { startsAgent } from "../remedies/starting-agent.ts";
import { plainText } from "../words.ts";

/** Agents that do not tell their version. */
export const versionUnknown: Check = {
  id: "version_unknown",
  title: "Agents without a version",
  meaning: "info when agents do not tell their version",
  appliesTo: () => true,
  inspect: (facts) => {
    const silent = realReportingNodes(facts).filter(({ node }) => node.agentVersion === "");
    if (silent.length === 0) return [];
    const names = silent.map(({ node }) => node.nodeId);
    return [
      {
        severity: "info",
        nodeId: undefined,
        subject: "",
        title: "Agents that do not tell their version",
        description: `${names.map(plainText).join(", ")} ${names.length === 1 ? "tells" : "tell"} no version.`,
        why: "Nobody can see whether they fit this router.",
        fix: "Run this product's herd-node on those machines",
        command: startsAgent(undefined),
        details: { unknown_nodes: names },
      },
    ];
  },
};
