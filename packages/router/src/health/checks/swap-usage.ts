import type { Check } from "../check.ts";
import { samplesSince } from "../facts/node-samples.ts";
import { realReportingNodes } from "../nodes/each-node.ts";
import { largestLoaded } from "../nodes/loaded-on.ts";
import { unloadCommand } from "../reading/commands.ts";
import { gibText, plainText } from "../words.ts";

/** Share of the memory that lies in swap. Systems put away a little of what nobody uses. */
const MUCH = 0.25;
/** Growth within the window that shows swapping going on, GiB. */
const GROWS_GB = 1;
const WINDOW_MS = 5 * 60_000;

/** Machines that swap. */
export const swapUsage: Check = {
  id: "swap_usage",
  title: "Machines that swap",
  meaning:
    "warning when swap in use is more than a quarter of the memory, or has grown by 1 GiB within five minutes; a little old swap is normal",
  appliesTo: () => true,
  inspect: (facts) =>
    realReportingNodes(facts).flatMap(({ node: { nodeId, memory }, facts: { samples, heartbeat } }) => {
      const model = largestLoaded(heartbeat);
      const used = memory.swap_used_gb ?? 0;
      const before = samplesSince(samples, facts.now - WINDOW_MS)[0]?.swapUsedGb ?? used;
      const grown = used - before;
      if (used <= memory.total_gb * MUCH && grown < GROWS_GB) return [];
      const growth = grown >= GROWS_GB ? `, ${gibText(grown)} more than five minutes ago` : "";
      return {
        severity: "warning" as const,
        nodeId,
        subject: "",
        title: `${plainText(nodeId)} swaps`,
        description: `${gibText(used)} lie in swap with ${gibText(memory.total_gb)} of memory${growth}.`,
        why: "A model of which a part lies in swap answers many times slower.",
        fix: "Close programs there, unload a model, or use smaller models or contexts on it",
        command: model === undefined ? undefined : unloadCommand(facts.traffic.settings, model, nodeId),
        details: { swap_used_gb: used, swap_total_gb: memory.swap_total_gb ?? null, grown_gb: Math.max(0, grown) },
      };
    }),
};
