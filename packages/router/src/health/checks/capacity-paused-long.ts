import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { startsAgent } from "../remedies/starting-agent.ts";
import { plainText, spanText } from "../words.ts";

/** A meeting or a busy afternoon ends before, ms. */
const LONG_MS = 4 * 3_600_000;

/** Machines that have kept themselves back for hours. */
export const capacityPausedLong: Check = {
  id: "capacity_paused_long",
  title: "Machines that have long been paused",
  meaning: "warning when a machine's capacity has been paused for four hours, info when a person paused it",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId, capacity }, facts: { pausedSince } }) => {
      const forMs = pausedSince === undefined ? 0 : facts.now - pausedSince;
      if (capacity?.mode !== "paused" || forMs < LONG_MS) return [];
      const reason = capacity.reason === "" ? "no reason told" : plainText(capacity.reason);
      return {
        severity: capacity.override_active ? ("info" as const) : ("warning" as const),
        nodeId,
        subject: "",
        title: `${plainText(nodeId)} has long been paused`,
        description: `It has taken no requests for ${spanText(forMs)}: ${reason}.`,
        why: "The fleet is smaller than it looks.",
        fix: "See what keeps the machine busy; restart its agent without --learn-capacity to lend it always",
        command: startsAgent(nodeId),
        details: { paused_s: Math.round(forMs / 1000), reason: capacity.reason, override: capacity.override_active },
      };
    }),
};
