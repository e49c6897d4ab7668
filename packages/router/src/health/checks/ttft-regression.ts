import type { Check } from "../check.ts";
import type { PaceFacts } from "../facts/use-facts.ts";
import { recentOf, rowsByPair, tracesOf } from "../reading/evidence.ts";
import { rounded } from "../reading/wording.ts";
import { spanText } from "../words.ts";

const LEAST_FACTOR = 2;
/** Below it nobody notices, ms. */
const LEAST_EXTRA_MS = 500;
const LEAST_REQUESTS = 5;
const LEAST_HOURS = 6;

/** Nodes whose first tokens come later than they used to. */
export const ttftRegression: Check = {
  id: "ttft_regression",
  title: "First tokens that come later than usual",
  meaning:
    "Over the last hour, first tokens of a model on a node came after twice the usual time and half a second more, later than in nine of ten hours before, and longer prompts do not explain it (hours of 7 days, at least 6 of them, at least 5 requests now): a warning.",
  appliesTo: ({ traffic }) => (traffic.paces ?? []).length > 0,
  inspect: (facts) => {
    const rowsOf = rowsByPair(recentOf(facts, facts.traffic.newest ?? []));
    return (facts.traffic.paces ?? []).flatMap((pace) => {
      const { nodeId, model, firstToken } = pace;
      if (firstToken === undefined || !isRegression(pace)) return [];
      const rows = rowsOf(nodeId, model)
        .filter(({ ttftMs }) => ttftMs > firstToken.usual)
        .toSorted((one, other) => other.ttftMs - one.ttftMs);
      return [
        {
          severity: "warning" as const,
          nodeId,
          subject: model,
          title: "First tokens come late",
          description: `First tokens of ${model} on ${nodeId} came after ${spanOf(firstToken.recent)} on average over the last hour; ${spanOf(firstToken.usual)} are usual.`,
          why: "People wait longer before anything happens. It is a queue, a model that is loaded again and again, or a slower node.",
          fix: "See in an example where the time went: waiting, loading or reading the prompt. For a queue, put the model on a further node; for loads, keep it in memory",
          command: rows[0] === undefined ? undefined : `herd explain ${rows[0].requestId}`,
          traces: tracesOf(rows),
          details: {
            model,
            recent_ttft_ms: Math.round(firstToken.recent),
            usual_ttft_ms: Math.round(firstToken.usual),
            factor: rounded(firstToken.recent / firstToken.usual),
            requests_1h: firstToken.recentRequests,
            baseline_hours: firstToken.hours,
          },
        },
      ];
    });
  },
};

const spanOf = (ms: number): string => (ms < 10_000 ? `${rounded(ms / 1000)} s` : spanText(ms));

/** A prompt twice as long may take twice as long. */
function isRegression({ firstToken, promptTokens }: PaceFacts): boolean {
  if (firstToken === undefined || firstToken.recentRequests < LEAST_REQUESTS || firstToken.hours < LEAST_HOURS)
    return false;
  const longer = promptTokens === undefined ? 1 : Math.max(1, promptTokens.recent / promptTokens.usual);
  const expected = firstToken.usual * (Number.isFinite(longer) ? longer : 1);
  return (
    firstToken.recent > LEAST_FACTOR * expected &&
    firstToken.recent > expected + LEAST_EXTRA_MS &&
    firstToken.recent > firstToken.high
  );
}
