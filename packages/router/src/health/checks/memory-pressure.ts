import type { Check } from "../check.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { largestLoaded } from "../nodes/loaded-on.ts";
import { unloadCommand } from "../reading/commands.ts";
import { gibText, plainText } from "../words.ts";

/** A machine that runs out of memory. What an offline machine last said is history. */
export const memoryPressure: Check = {
  id: "memory_pressure",
  title: "Machines that run out of memory",
  meaning: "critical or warning as the operating system of a reporting machine calls its memory critical or short",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId, memory }, facts: { heartbeat } }) => {
      const model = largestLoaded(heartbeat);
      const { pressure, used_gb, total_gb, available_gb } = memory;
      if (pressure === "normal") return [];
      const isCritical = pressure === "critical";
      return {
        severity: isCritical ? ("critical" as const) : ("warning" as const),
        nodeId,
        subject: "",
        title: `${plainText(nodeId)} ${isCritical ? "is out of memory" : "is short of memory"}`,
        description: `${gibText(used_gb)} of ${gibText(total_gb)} are in use, ${gibText(available_gb)} are free.`,
        why: isCritical
          ? "No further model is loaded there, and what is loaded may become very slow."
          : "The system may begin to swap, which makes models many times slower.",
        fix: "Close programs there, unload a model, or let it keep fewer or smaller models",
        command: model === undefined ? undefined : unloadCommand(facts.traffic.settings, model, nodeId),
        details: { used_gb, total_gb, pressure },
      };
    }),
};
