import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { findingsNamed, isToldElsewhere } from "../nodes/node-findings.ts";
import { plainText } from "../words.ts";

/** What the fleet notes about a machine and no other check tells. */
export const nodeFinding: Check = {
  id: "node_finding",
  title: "Other notes about machines",
  meaning: "warning for whatever `findings` of a machine in /fleet/status says and no other check tells",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node }) =>
      findingsNamed(node, (id) => !isToldElsewhere(id)).map(({ id, text, fix }) => ({
        severity: "warning" as const,
        nodeId: node.nodeId,
        subject: id,
        title: `A note about ${plainText(node.nodeId)}`,
        description: `${plainText(node.nodeId)}: ${plainText(text)}.`,
        why: "It was noticed while the machine was used, and may hinder requests.",
        fix: fix === "" ? "See what herd-node prints on that machine" : fix,
        details: { id },
      })),
    ),
};
