import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { CLOCK_SKEW, findingsNamed } from "../nodes/node-findings.ts";
import { plainText, spanText } from "../words.ts";

/** Machines whose clock is wrong. */
export const clockSkew: Check = {
  id: "clock_skew",
  title: "Machines with another time",
  meaning: "warning when a machine's clock differs from the router's by more than 30 seconds",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node, facts: { heartbeat } }) =>
      findingsNamed(node, (id) => id === CLOCK_SKEW).map(({ text }) => {
        const told = (heartbeat.timestamp ?? 0) * 1000;
        const skewMs = told - (node.lastHeartbeatAt ?? facts.now);
        const how = skewMs < 0 ? "behind" : "ahead of";
        return {
          severity: "warning" as const,
          nodeId: node.nodeId,
          subject: "",
          title: `The clock of ${plainText(node.nodeId)} is wrong`,
          description:
            heartbeat.timestamp === undefined
              ? `${plainText(node.nodeId)}: ${plainText(text)}.`
              : `It is ${spanText(Math.abs(skewMs))} ${how} the router's.`,
          why: "Requests are not affected, but logs and times of files on that machine mislead.",
          fix: "Switch on automatic time on that machine, or on the router's when it is the one that is wrong",
          command: setsClock(heartbeat.system?.platform),
          details: { skew_s: Math.round(skewMs / 1000) },
        };
      }),
    ),
};

function setsClock(platform: string | undefined): string {
  switch (platform) {
    case "darwin":
      return "sudo systemsetup -setusingnetworktime on";
    case "win32":
      return "w32tm /resync";
    default:
      return "sudo timedatectl set-ntp true";
  }
}
