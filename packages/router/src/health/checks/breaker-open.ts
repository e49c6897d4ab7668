import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { plainText } from "../words.ts";

/** Servers that failed so often that they are given a rest. */
export const breakerOpen: Check = {
  id: "breaker_open",
  title: "Servers that are given a rest",
  meaning: "warning while calls to a server are held back because several failed in a row",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId }, facts: { openBreakers } }) =>
      [...(openBreakers ?? [])].map(([backend, state]) => ({
        severity: "warning" as const,
        nodeId,
        subject: backend,
        title: `${plainText(backend)} on ${plainText(nodeId)} fails`,
        description: `At least three calls in a row failed; its breaker is ${state}.`,
        why: "Requests go to other machines, or wait; every now and then one tries it again.",
        fix: "Look at that server's own log; it is used again by itself once a call succeeds",
        command: "herd traces --failed",
        details: { backend, breaker: state },
      })),
    ),
};
