import type { Check } from "../check.ts";
import { rowsByPair, tracesOf } from "../reading/evidence.ts";
import { rounded } from "../reading/wording.ts";

/** Against the median of single hours, and below nine tenths of them: hours differ by themselves. */
const LEAST_SHARE = 0.7;
const LEAST_REQUESTS = 5;
const LEAST_HOURS = 6;
/** Less than half the usual speed: something is broken, not busy. */
const HALF = 0.5;

/** Nodes that write slower than they used to. */
export const decodeDegraded: Check = {
  id: "decode_degraded",
  title: "Nodes that write slower than usual",
  meaning:
    "A node wrote under 70 % of its usual tokens per second with a model over the last hour, and slower than in nine of ten hours before (median of the hours of 7 days, at least 6 of them, at least 5 requests now): information; under half: a warning.",
  appliesTo: ({ traffic }) => (traffic.paces ?? []).length > 0,
  inspect: (facts) => {
    const rowsOf = rowsByPair(facts.traffic.newest ?? []);
    return (facts.traffic.paces ?? []).flatMap(({ nodeId, model, decode }) => {
      if (decode === undefined || decode.recentRequests < LEAST_REQUESTS || decode.hours < LEAST_HOURS) return [];
      const share = decode.recent / decode.usual;
      if (!(share < LEAST_SHARE) || decode.recent >= decode.low) return [];
      const rows = rowsOf(nodeId, model).filter(({ status }) => status === "completed");
      return [
        {
          severity: share < HALF ? ("warning" as const) : ("info" as const),
          nodeId,
          subject: model,
          title: "Answers are written slower than usual",
          description: `${nodeId} writes ${rounded(decode.recent)} tokens per second with ${model} over the last hour; ${rounded(decode.usual)} are usual there.`,
          why: "Every answer takes longer. Heat, power saving, another program on the graphics card, or a model that slid into main memory slow a node down.",
          fix: `Look at temperature, power supply and other programs on ${nodeId}; \`ollama ps\` there shows how much of the model lies in GPU memory`,
          command: "ollama ps",
          traces: tracesOf(rows),
          details: {
            model,
            recent_tok_s: rounded(decode.recent),
            usual_tok_s: rounded(decode.usual),
            lowest_tenth_tok_s: rounded(decode.low),
            share_pct: rounded(100 * share),
            requests_1h: decode.recentRequests,
            baseline_hours: decode.hours,
          },
        },
      ];
    });
  },
};
