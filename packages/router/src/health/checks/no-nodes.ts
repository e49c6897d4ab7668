import type { Check } from "../check.ts";
import { startsAgent } from "../remedies/starting-agent.ts";
import { spanText } from "../words.ts";

/** A fleet without a single machine. */
export const noNodes: Check = {
  id: "no_nodes",
  title: "A fleet without machines",
  meaning: "critical when no machine has ever joined and the router has been up for longer than heartbeat_offline",
  appliesTo: ({ fleet, now, router: { startedAt = now, offlineAfterS = 30 } }) =>
    fleet.nodes.length === 0 && now - startedAt >= offlineAfterS * 1000,
  inspect: ({ now, router: { startedAt = now } }) => [
    {
      severity: "critical",
      nodeId: undefined,
      subject: "",
      title: "No machine has joined",
      description: `The router has been up for ${spanText(now - startedAt)} and knows no machine.`,
      why: "There is nothing that could answer a request.",
      fix: "Start herd-node on a machine with Ollama; it finds this router by mDNS, or by --router-url",
      command: startsAgent(undefined),
      details: { nodes_total: 0 },
    },
  ],
};
