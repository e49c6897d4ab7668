import { counted } from "../../domain/text/counted.ts";
import type { Check, Finding } from "../check.ts";
import type { EndedRow } from "../facts/request-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { endsOf, recentOf, tally, tracesOf } from "../reading/evidence.ts";
import { listed } from "../reading/wording.ts";
import { spanText } from "../words.ts";

const MANY = 10;

/** Attempts that were aborted because a node sent nothing for too long. */
export const zombieReaperActive: Check = {
  id: "zombie_reaper_active",
  title: "Requests aborted because their node went silent",
  meaning:
    "At least one request of 24 hours ended because no byte came for stall_cap_s: a warning, critical above 10; information when none did in the last hour.",
  appliesTo: ({ traffic }) => (traffic.ends ?? []).length > 0,
  inspect: (facts) => {
    const stalled = endsOf(facts, "failed", "incomplete").filter(
      ({ errorClass, errorCode }) => errorClass === "stall" || errorCode === "HERD_STALLED",
    );
    return stalled.length === 0 ? [] : [findingOf(facts, stalled)];
  },
};

function findingOf(facts: HealthFacts, stalled: readonly EndedRow[]): Finding {
  const lanes = tally(stalled.map(({ nodeId, model }) => `${nodeId}:${model}`));
  const meanMs = stalled.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / stalled.length;
  const isOver = recentOf(facts, stalled).length === 0;
  return {
    severity: severityOf(stalled.length, isOver),
    isResolved: isOver,
    nodeId: undefined,
    subject: "",
    title: "Requests hung and were aborted",
    description: `${counted(stalled.length, "request")} got nothing from ${listed(Object.keys(lanes))} for so long that they were aborted, after ${spanText(meanMs)} on average.`,
    why: "Each held a slot for minutes while others waited, and its client got an error.",
    fix: "Restart the Ollama of that node; if it stays, look at its log and at whether the model fits its memory",
    command: "herd logs --level ERROR",
    traces: tracesOf(stalled),
    details: {
      total_reaped: stalled.length,
      avg_stuck_seconds: Math.round(meanMs / 1000),
      queues_affected: Object.keys(lanes),
    },
  };
}

function severityOf(count: number, isOver: boolean): Finding["severity"] {
  if (isOver) return "info";
  return count > MANY ? "critical" : "warning";
}
