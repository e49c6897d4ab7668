import type { CapacityReading } from "@herd/shared";
import type { Candidate } from "../../domain/candidate.ts";
import type { Filter } from "../contracts.ts";

/** The reason with which the predecessor's learner pauses a machine whose processor is busy, whatever keeps it so. */
const OWN_WORK_REASON = "sustained_high_cpu";

export const paused: Filter = {
  name: "paused",
  meaning:
    "The machine's owner needs it (capacity learning says so, or a person set it), or the learner still observes and grants no memory; " +
    "a processor that is busy with the fleet's own requests is no reason",
  canYield: false,
  reject(candidate) {
    const { capacity } = candidate.node;
    if (capacity === undefined) return undefined;
    if (capacity.mode === "paused") return isOwnWork(candidate, capacity) ? undefined : pausedReason(capacity);
    // While it observes, a learner may grant a part of the memory; only one that grants none is respected as a no.
    if (capacity.mode !== "bootstrap" || capacity.ceiling_gb > 0) return undefined;
    return { code: "observing", facts: { observed_days: capacity.days_observed } };
  },
  explain({ code, facts }) {
    if (code === "paused-by-hand") return "Paused by hand";
    if (code === "paused") return "Paused: its owner is using the machine";
    return `The machine is still learning when it is free (day ${(facts["observed_days"] ?? 0) + 1}) and offers no memory yet`;
  },
};

const pausedReason = ({ override_active }: CapacityReading) => ({
  code: override_active ? "paused-by-hand" : "paused",
  facts: {},
});

/** The pause came of the load that the fleet itself puts on the machine. */
const isOwnWork = ({ load }: Candidate, { reason, override_active }: CapacityReading): boolean =>
  !override_active && reason === OWN_WORK_REASON && load.nodeInFlight > 0;
