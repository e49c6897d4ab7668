import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { plainText } from "../words.ts";

/** Agents of another version than the router. Those of the predecessor have a version of their own. */
export const versionMismatch: Check = {
  id: "version_mismatch",
  title: "Agents of another version",
  meaning: "warning when agents of this product report another version than the router's",
  appliesTo: () => true,
  inspect: (facts) => {
    const { version } = facts.router;
    const others = realReportingNodes(facts).filter(
      ({ node }) => !node.isLegacy && node.agentVersion !== "" && node.agentVersion !== version,
    );
    if (others.length === 0) return [];
    const named = others.map(({ node }) => `${plainText(node.nodeId)} ${plainText(node.agentVersion)}`);
    return [
      {
        severity: "warning",
        nodeId: undefined,
        subject: "",
        title: "Agents and router have different versions",
        description: `The router is ${version}; ${named.join(", ")}.`,
        why: "What one of them does not know yet is left out: readings, commands, fixes.",
        fix: "Bring router and agents to the same version and restart them",
        command: "git pull && npm run herd-node",
        details: {
          router_version: version,
          mismatched_nodes: Object.fromEntries(others.map(({ node }) => [node.nodeId, node.agentVersion])),
        },
      },
    ];
  },
};
