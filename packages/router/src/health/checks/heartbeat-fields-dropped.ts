import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { DROPPED_FIELD, findingsNamed } from "../nodes/node-findings.ts";
import { plainText } from "../words.ts";

/** Readings that could not be read. */
export const heartbeatFieldsDropped: Check = {
  id: "heartbeat_fields_dropped",
  title: "Readings that cannot be read",
  meaning: "warning when fields of a machine's heartbeats are left out because they have a wrong type or value",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node }) => {
      const dropped = findingsNamed(node, (id) => id === DROPPED_FIELD);
      const [first] = dropped;
      if (first === undefined) return [];
      const texts = dropped.slice(0, 10).map(({ text }) => plainText(text));
      return {
        severity: "warning" as const,
        nodeId: node.nodeId,
        subject: "",
        title: `Readings of ${plainText(node.nodeId)} cannot be read`,
        description: `${texts.join("; ")}.`,
        why: "The rest of its heartbeat counts, but decisions are made without these readings.",
        fix: first.fix,
        command: "herd-node probe",
        details: { fields: texts },
      };
    }),
};
