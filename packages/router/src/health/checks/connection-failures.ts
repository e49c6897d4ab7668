import type { Check, Severity } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { plainText } from "../words.ts";

/** One lost heartbeat may be chance. */
const WARNS_FROM = 3;
const CRITICAL_ABOVE = 10;
/** So many since the agent's start are worth a word even when all is well now. */
const MANY_IN_ALL = 50;

/** Agents whose heartbeats do not always arrive. */
export const connectionFailures: Check = {
  id: "connection_failures",
  title: "Heartbeats that did not arrive",
  meaning:
    "by the heartbeats an agent could not deliver in the last hour: info from 1, warning from 3, critical above 10; info when more than 50 failed since its start",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId }, facts: { heartbeat, failuresLastHour } }) => {
      const recent = failuresLastHour ?? heartbeat.connection_failures ?? 0;
      const total = Math.max(recent, heartbeat.connection_failures_total ?? 0);
      if (recent === 0 && total <= MANY_IN_ALL) return [];
      return {
        severity: severityOf(recent),
        nodeId,
        subject: "",
        title: `Heartbeats of ${plainText(nodeId)} got lost`,
        description: `${recent} heartbeats did not arrive in the last hour, ${total} since its agent started.`,
        why: "While heartbeats are missing its state is guessed, and after a while it is not used at all.",
        fix: "Look at the network between that machine and the router: Wi-Fi, sleep, a firewall, a changed address",
        command: "herd-node probe",
        details: { recent_failures: recent, total_failures: total, ...(recent === 0 ? { resolved: true } : {}) },
        isResolved: recent === 0,
      };
    }),
};

const severityOf = (recent: number): Severity =>
  recent > CRITICAL_ABOVE ? "critical" : recent >= WARNS_FROM ? "warning" : "info";
