import type { Check } from "../check.ts";
import { everyNode } from "../nodes/each-node.ts";
import { plainText, spanText } from "../words.ts";

/** Time between two heartbeats as agents keep it unless told otherwise, ms. */
const USUAL_BEAT_MS = 5_000;

/** A machine that has missed heartbeats, or whose port refuses calls. */
export const nodeDegraded: Check = {
  id: "node_degraded",
  title: "Machines that report late",
  meaning: "warning when heartbeats are missing for longer than heartbeat_timeout, or the machine's port refuses calls",
  appliesTo: () => true,
  inspect: (facts) =>
    everyNode(facts).flatMap(({ node }) => {
      if (node.status !== "degraded") return [];
      const ageMs = node.lastHeartbeatAt === undefined ? 0 : facts.now - node.lastHeartbeatAt;
      const missed = Math.floor(ageMs / USUAL_BEAT_MS);
      const what =
        missed > 1 ? `Its last heartbeat is ${spanText(ageMs)} old.` : "Its port refuses the router's calls.";
      return {
        severity: "warning" as const,
        nodeId: node.nodeId,
        subject: "",
        title: `${plainText(node.nodeId)} reports late`,
        description: what,
        why: "It is still used, but less; requests that wait for it may have to move to another machine.",
        fix: "Look at that machine's load and network, and at what herd-node prints there",
        command: "herd-node probe",
        details: { missed_heartbeats: missed, last_heartbeat_ago_s: Math.round(ageMs / 1000) },
      };
    }),
};
