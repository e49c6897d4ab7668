import type { Candidate } from "../../domain/candidate.ts";
import type { Reading } from "../../domain/decision.ts";
import type { FleetAggregates } from "../../domain/fleet-snapshot.ts";
import { counted } from "../../domain/text/counted.ts";
import type { Signal } from "../contracts.ts";
import { decodeSpeed } from "../estimates/speeds.ts";
import { spokenFactor } from "../wording.ts";

/** Requests, on a machine of middle speed, at which the score has risen to 1 − 1/e. */
const SCALE = 2.5;

/** A machine counts as at most this much faster or slower than the fleet's middle, so that no reading is blown up. */
const MOST_FACTOR = 4;

/** How much work runs and waits on the machine, for its speed? */
export const queueDepth: Signal = {
  name: "queue_depth",
  meaning: "Work running and waiting on the whole machine, whatever the model, compared with the machine's speed",
  formula:
    "1 − e^(−d ÷ 2.5), d = requests running and waiting on the node ÷ its speed against the fleet's median (between ¼ and 4): decode speed, learned or " +
    "estimated from bandwidth and model size; memory bandwidth while nothing was learned; 1 when neither is known",
  measure(candidate, view): Reading {
    const { load } = candidate;
    const running = Math.max(load.nodeInFlight, load.inFlight);
    const waiting = Math.max(load.nodeWaiting, load.waiting);
    const factor = speedFactor(candidate, view.fleet);
    return {
      score: 1 - Math.exp(-(running + waiting) / factor / SCALE),
      facts: { running_requests: running, waiting_requests: waiting, speed_factor: factor },
    };
  },
  explain({ facts }): string {
    const running = facts["running_requests"] ?? 0;
    const waiting = facts["waiting_requests"] ?? 0;
    if (running + waiting === 0) return "Nothing runs or waits on this machine";
    const work = `${counted(running, "request")} running and ${waiting === 0 ? "none" : Math.round(waiting)} waiting on this machine`;
    return `${work}${speedInWords(facts["speed_factor"] ?? 1)}`;
  },
};

function speedFactor(candidate: Candidate, fleet: FleetAggregates): number {
  return Math.min(MOST_FACTOR, Math.max(1 / MOST_FACTOR, rawFactor(candidate, fleet)));
}

function rawFactor(candidate: Candidate, { medianDecodeSpeed, medianBandwidth }: FleetAggregates): number {
  if (medianDecodeSpeed !== undefined && medianDecodeSpeed > 0) return decodeSpeed(candidate) / medianDecodeSpeed;
  const { memoryBandwidth } = candidate.node;
  if (memoryBandwidth === undefined || medianBandwidth === undefined || medianBandwidth <= 0) return 1;
  return memoryBandwidth / medianBandwidth;
}

function speedInWords(factor: number): string {
  if (factor > 0.95 && factor < 1.05) return "";
  return `, which has ${spokenFactor(factor)} the middle speed of the fleet`;
}
