import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { countEnds, endFinding } from "../reading/broken-ends.ts";
import { tally } from "../reading/evidence.ts";
import { listed } from "../reading/wording.ts";

/** Answers that broke off. */
export const incompleteStreams: Check = {
  id: "incomplete_streams",
  title: "Answers that broke off",
  meaning:
    "At least 2 in 24 hours, and 0.1 % of the requests: information; a warning when they are over 0.5 % of the requests and one broke off within the last hour.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).length > 0,
  inspect: (facts) => {
    const ends = countEnds(facts, { count: "incomplete", status: "incomplete", least: 2, warningPct: 0.5 });
    if (ends === undefined) return [];
    const nodes = tally(ends.rows.map(({ nodeId }) => nodeId));
    const [top] = Object.keys(nodes);
    return [
      {
        ...endFinding(ends),
        title: "Answers break off",
        description: `${counted(ends.total, "answer")} of 24 hours broke off (${ends.ratePct} %), on ${listed(Object.keys(nodes))}, of ${listed(Object.keys(ends.byModel))}.`,
        why: "Clients get a part of an answer with an error record at its end; it cannot be taken up elsewhere, since its beginning was sent.",
        fix: `Look at the log of Ollama on ${top ?? "the node"}: a runner that crashes, memory that runs out or a model that repeats itself cut answers`,
        command: ends.rows[0] === undefined ? undefined : `herd explain ${ends.rows[0].requestId}`,
        details: {
          incomplete_24h: ends.total,
          incomplete_1h: ends.recent,
          rate_pct: ends.ratePct,
          by_model: ends.byModel,
          by_node: nodes,
        },
      },
    ];
  },
};
