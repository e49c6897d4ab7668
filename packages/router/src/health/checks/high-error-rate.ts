import type { Check, Finding } from "../check.ts";
import { recentOf, tally, tracesOf } from "../reading/evidence.ts";
import { endsIn, type Tries, triesIn, wellSince } from "../reading/node-errors.ts";
import { listed, percent } from "../reading/wording.ts";
import { plainText, shellWord } from "../words.ts";

/** From this share on, percent, and never for fewer failures. */
const LEAST_PCT = 5;
const LEAST_FAILURES = 3;
/** Half of all tries: who asks now gets an error as often as not, or pays with a retry. */
const CRITICAL_PCT = 50;
/** So many in a row do not go well by chance where one in twenty fails. */
const MENDED_AFTER = 10;

/** Nodes on which too many tries fail. */
export const highErrorRate: Check = {
  id: "high_error_rate",
  title: "Nodes on which requests fail",
  meaning:
    "At least 5 % and 3 of the tries at a node failed through its fault within 24 hours, also those that another node then served: a warning, critical when half of the last hour's failed, information when the last hour is below 5 %, or ten requests have gone well there since the last failure.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).length > 0,
  inspect: (facts) => {
    const newest = facts.traffic.newest ?? [];
    const all = [endsIn(facts), triesIn(newest)];
    const recent = triesIn(recentOf(facts, newest));
    const nodes = new Set(all.flatMap((tries) => [...tries.keys()]));
    return [...nodes].toSorted().flatMap((nodeId) => {
      const [worst] = all
        .map((tries) => tries.get(nodeId) ?? NONE)
        .filter(isHigh)
        .toSorted((one, other) => rateOf(other) - rateOf(one));
      if (worst === undefined || worst.rows.length === 0) return [];
      const lastAt = Math.max(...worst.rows.map(({ at }) => at));
      const isMended = wellSince(newest, { nodeId, at: lastAt }) >= MENDED_AFTER;
      return [findingOf(nodeId, worst, { recent: recent.get(nodeId) ?? NONE, isMended })];
    });
  },
};

const NONE: Tries = { total: 0, failed: 0, rows: [] };
const rateOf = ({ failed, total }: Tries): number => percent(failed, total);
const isHigh = (tries: Tries): boolean => tries.failed >= LEAST_FAILURES && rateOf(tries) >= LEAST_PCT;

interface Lately {
  readonly recent: Tries;
  /** Enough has gone well since the last failure. */
  readonly isMended: boolean;
}

function findingOf(nodeId: string, worst: Tries, { recent, isMended }: Lately): Finding {
  const [newest] = worst.rows;
  const isOver = isMended || rateOf(recent) < LEAST_PCT;
  const models = tally(worst.rows.map(({ model }) => model));
  const reasons = tally(worst.rows.map(({ error, errorCode }) => error || errorCode).filter((text) => text !== ""));
  const [reason] = Object.keys(reasons);
  return {
    severity: severityOf(recent, isOver),
    isResolved: isOver,
    nodeId,
    subject: "",
    title: "Requests fail on a node",
    description: `${worst.failed} of ${worst.total} tries at ${nodeId} failed within 24 hours (${rateOf(worst)} %), ${recent.failed} of ${recent.total} within the last hour${reason === undefined ? "" : `; most often: ${plainText(reason)}`}. Models: ${listed(Object.keys(models))}.`,
    why: "What fails before its first byte is tried elsewhere and only takes longer; where no other node has the model, or the answer has begun, the client gets an error.",
    fix: `See why in an example, then in the log of Ollama on ${nodeId}; until it is mended, let it take no new work: herd node drain ${shellWord(nodeId)}`,
    command: newest === undefined ? undefined : `herd explain ${newest.requestId}`,
    traces: tracesOf(worst.rows),
    details: {
      error_rate_pct: rateOf(worst),
      failed: worst.failed,
      total: worst.total,
      recent_error_rate_pct: rateOf(recent),
      by_model: models,
      reasons,
    },
  };
}

function severityOf(recent: Tries, isOver: boolean): Finding["severity"] {
  if (isOver) return "info";
  return recent.failed >= LEAST_FAILURES && rateOf(recent) >= CRITICAL_PCT ? "critical" : "warning";
}
