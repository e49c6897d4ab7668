import type { Check, Finding } from "../check.ts";
import { type NodeSample, samplesSince } from "../facts/node-samples.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { nodeCommand } from "../reading/commands.ts";
import { plainText } from "../words.ts";

/** Processors and graphics slow down a little above it, °C. */
const HOT_C = 87;
/** As hot as they may get, °C: the router sends such a machine nothing more where another one can serve. */
const CRITICAL_C = 95;
/** A short peak is normal, ms. */
const WINDOW_MS = 90_000;

const isHot = ({ hottestC = 0, isThrottling }: NodeSample): boolean => isThrottling || hottestC >= HOT_C;

/** Machines that are too hot for a while. */
export const deviceHeat: Check = {
  id: "device_heat",
  title: "Machines that are too hot",
  meaning:
    "warning when a machine throttles or its hottest sensor stays at 87 °C or above for a minute and a half, critical from 95 °C",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId }, facts: { samples } }) => {
      const recent = samplesSince(samples, facts.now - WINDOW_MS);
      if (recent.length === 0 || !recent.every(isHot)) return [];
      return findingOf(nodeId, recent);
    }),
};

function findingOf(nodeId: string, recent: readonly NodeSample[]): Finding {
  const hottest = Math.max(...recent.map(({ hottestC = 0 }) => hottestC));
  const isThrottling = recent.some((sample) => sample.isThrottling);
  const shown = hottest > 0 ? `${Math.round(hottest)} °C` : "no temperature told";
  return {
    severity: recent.every(({ hottestC = 0 }) => hottestC >= CRITICAL_C) ? "critical" : "warning",
    nodeId,
    subject: "",
    title: `${plainText(nodeId)} is too hot`,
    description: `It has been hot${isThrottling ? " or throttling" : ""} for more than a minute; its hottest sensor shows ${shown}.`,
    why: "A hot machine slows itself down: tokens come slower, and it may switch off.",
    fix: "Give it air, clean its fans, or send it less work",
    command: nodeCommand("drain", nodeId),
    details: { temperature_c: hottest > 0 ? hottest : null, is_throttling: isThrottling },
  };
}
