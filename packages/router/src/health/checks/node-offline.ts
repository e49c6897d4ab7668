import type { Check, Finding } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { everyNode, type NodeInView } from "../nodes/each-node.ts";
import { nodeCommand } from "../reading/commands.ts";
import { startsAgent } from "../remedies/starting-agent.ts";
import { plainText, spanText } from "../words.ts";

/** A machine that has been away for so long is gone for good, ms. */
const RETIRED_AFTER_MS = 7 * 86_400_000;

/** A machine that is expected and does not report. */
export const nodeOffline: Check = {
  id: "node_offline",
  title: "Machines that do not report",
  meaning:
    "critical when a machine is silent for longer than heartbeat_offline, warning when it said goodbye before, info after seven days",
  appliesTo: () => true,
  inspect: (facts) =>
    everyNode(facts)
      .filter(({ node }) => node.status === "offline" && !isStillExpected(node.lastHeartbeatAt, facts))
      .map((one) => findingOf(one, facts.now)),
};

/** Right after a start nobody has had the time to report. */
function isStillExpected(lastHeartbeatAt: number | undefined, { now, router }: HealthFacts): boolean {
  const { startedAt, offlineAfterS = 30 } = router;
  return lastHeartbeatAt === undefined && startedAt !== undefined && now - startedAt < offlineAfterS * 1000;
}

function findingOf({ node, facts }: NodeInView, now: number): Finding {
  const { nodeId, isDraining, address } = node;
  const seenAt = node.lastHeartbeatAt ?? facts.lastSeenAt;
  const ageMs = seenAt === undefined ? undefined : now - seenAt;
  const since = ageMs === undefined ? "since the router started" : `for ${spanText(ageMs)}`;
  return {
    ...toldOf({ isRetired: (ageMs ?? 0) > RETIRED_AFTER_MS, isDraining, nodeId }),
    nodeId,
    subject: "",
    description: `No heartbeat came from ${plainText(nodeId)} (${address}) ${since}.${isDraining ? " It said goodbye before." : ""}`,
    why: "Its models can only be served by other machines that have them; requests for models that it alone has fail.",
    command: nodeCommand("remove", nodeId),
    details: { last_heartbeat_ago_s: ageMs === undefined ? null : Math.round(ageMs / 1000), said_goodbye: isDraining },
  };
}

interface Away {
  readonly isRetired: boolean;
  readonly isDraining: boolean;
  readonly nodeId: string;
}

function toldOf({ isRetired, isDraining, nodeId }: Away): Pick<Finding, "severity" | "title" | "fix"> {
  const name = plainText(nodeId);
  if (isRetired)
    return {
      severity: "info",
      title: `${name} seems to be retired`,
      fix: "Remove it from the fleet when it will not come back",
    };
  return {
    severity: isDraining ? "warning" : "critical",
    title: `${name} is offline`,
    fix: `Start the agent on that machine (${startsAgent(nodeId)}) and see that it reaches this router; remove the machine only when it will not come back`,
  };
}
