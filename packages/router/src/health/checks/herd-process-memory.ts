import type { Check, Finding } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { startsAgent } from "../remedies/starting-agent.ts";
import { gibOf, gibText, plainText } from "../words.ts";

/** Neither program needs as much without a reason, GiB. */
const WARNS_FROM_GB = 2;
const CRITICAL_FROM_GB = 4;

/** Memory of the router's and the agents' own processes. */
export const herdProcessMemory: Check = {
  id: "herd_process_memory",
  title: "Memory of this product's own programs",
  meaning: "warning when the router or an agent takes 2 GiB of memory itself, critical from 4 GiB",
  appliesTo: () => true,
  inspect: (facts) => {
    const { memory } = facts.router;
    const router = memory === undefined ? [] : findingOf("The router", undefined, gibOf(memory.rssBytes));
    const agents = realReportingNodes(facts).flatMap(({ node: { nodeId }, facts: { heartbeat } }) =>
      findingOf(`The agent of ${plainText(nodeId)}`, nodeId, footprintOf(heartbeat.process_memory)),
    );
    return [...router, ...agents];
  },
};

function findingOf(who: string, nodeId: string | undefined, takenGb: number | undefined): readonly Finding[] {
  if (takenGb === undefined || takenGb < WARNS_FROM_GB) return [];
  return [
    {
      severity: takenGb >= CRITICAL_FROM_GB ? "critical" : "warning",
      nodeId,
      subject: nodeId === undefined ? "router" : "agent",
      title: `${who} takes much memory`,
      description: `${who} takes ${gibText(takenGb)} for itself.`,
      why: "Models have less of it, and the system may end the program when memory runs out.",
      fix: "Restart it; for the router, see whether max_held_mb fits the bodies that clients send",
      command: nodeId === undefined ? "herd settings get max_held_mb" : startsAgent(nodeId),
      details: { footprint_gb: takenGb },
    },
  ];
}

function footprintOf(told: unknown): number | undefined {
  if (typeof told !== "object" || told === null) return undefined;
  const { footprint_gb: footprint, rss_gb: rss } = told as Record<string, unknown>;
  return [footprint, rss].find((value) => typeof value === "number") as number | undefined;
}
