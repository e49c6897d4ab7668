import type { Check } from "../check.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { nodeCommand } from "../reading/commands.ts";
import { plainText } from "../words.ts";

/** Charge below which a machine soon goes to sleep, %. */
const LOW_PCT = 20;

/** Machines that run on their battery. */
export const onBattery: Check = {
  id: "on_battery",
  title: "Machines on battery",
  meaning: "info when a machine runs on its battery, warning below 20 %",
  appliesTo: () => true,
  inspect: (facts) =>
    realReportingNodes(facts).flatMap(({ node: { nodeId, power } }) => {
      if (power?.source !== "battery") return [];
      const charge = power.battery_pct;
      const isLow = charge !== undefined && charge < LOW_PCT;
      return {
        severity: isLow ? ("warning" as const) : ("info" as const),
        nodeId,
        subject: "",
        title: `${plainText(nodeId)} runs on battery`,
        description: charge === undefined ? "Its charge is not told." : `${Math.round(charge)} % are left.`,
        why: "Models empty a battery within the hour, and many machines slow down without mains.",
        fix: "Plug it in, or drain it",
        command: nodeCommand("drain", nodeId),
        details: { battery_pct: charge ?? null },
      };
    }),
};
