import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { countEnds, endFinding } from "../reading/broken-ends.ts";
import { listed } from "../reading/wording.ts";

/** Answers without a single token. */
export const emptyGenerations: Check = {
  id: "empty_generations",
  title: "Answers without a single token",
  meaning:
    "At least 3 in 24 hours, and 0.1 % of the requests: information; a warning when they are over 2 % of the requests and one came within the last hour.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).length > 0,
  inspect: (facts) => {
    const ends = countEnds(facts, { count: "noOutput", status: "no_output", least: 3, warningPct: 2 });
    if (ends === undefined) return [];
    return [
      {
        ...endFinding(ends),
        title: "Answers come without a token",
        description: `${counted(ends.total, "answer")} of 24 hours ended well and were empty (${ends.ratePct} %), of ${listed(Object.keys(ends.byModel))}.`,
        why: "A client shows an empty answer, or an agent stops. Often the prompt fills the context, so that no room is left, or the template ends the turn at once.",
        fix: "Compare the prompt's tokens with the loaded context in an example; pull the model anew when its template is damaged",
        command: ends.rows[0] === undefined ? undefined : `herd explain ${ends.rows[0].requestId}`,
        details: { empty_24h: ends.total, empty_1h: ends.recent, rate_pct: ends.ratePct, by_model: ends.byModel },
      },
    ];
  },
};
