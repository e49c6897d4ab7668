import type { Check } from "../check.ts";
import { samplesSince } from "../facts/node-samples.ts";
import { reportingNodes } from "../nodes/each-node.ts";
import { startsAgent } from "../remedies/starting-agent.ts";
import { plainText } from "../words.ts";

const BUSY_PCT = 90;
const WINDOW_MS = 3 * 60_000;

/** Machines whose processor is busy with something else than this router's requests. */
export const cpuSaturation: Check = {
  id: "cpu_saturation",
  title: "Machines that are busy with other work",
  meaning:
    "warning when the processor stays at 90 % or above for three minutes while no request of this router runs on the machine",
  appliesTo: () => true,
  inspect: (facts) =>
    reportingNodes(facts).flatMap(({ node: { nodeId }, facts: { samples } }) => {
      const recent = samplesSince(samples, facts.now - WINDOW_MS);
      const isOthers =
        recent.length > 0 && recent.every(({ cpuPct, inFlight }) => cpuPct >= BUSY_PCT && inFlight === 0);
      if (!isOthers) return [];
      const mean = Math.round(recent.reduce((sum, { cpuPct }) => sum + cpuPct, 0) / recent.length);
      return {
        severity: "warning" as const,
        nodeId,
        subject: "",
        title: `${plainText(nodeId)} is busy with other work`,
        description: `Its processor was ${mean} % busy for three minutes, without a request from this router.`,
        why: "Models that run on the processor there, wholly or in part, answer slowly.",
        fix: "End or move that work, or let the agent learn when the machine is free",
        command: startsAgent(nodeId, "--learn-capacity"),
        details: { utilization_pct: mean, window_s: WINDOW_MS / 1000 },
      };
    }),
};
