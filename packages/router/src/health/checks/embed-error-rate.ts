import type { Check } from "../check.ts";
import { endsOf, groupedBy, recentOf, tally, tracesOf } from "../reading/evidence.ts";
import { sumOf } from "../reading/use-sums.ts";
import { listed, percent } from "../reading/wording.ts";
import { plainText } from "../words.ts";

const LEAST_PCT = 5;
const LEAST_FAILURES = 3;
/** A client that asks wrongly is told so; the fleet is well. */
const CALLERS = "callers-fault";

/** Embedding models whose requests fail. */
export const embedErrorRate: Check = {
  id: "embed_error_rate",
  title: "Embeddings that fail",
  meaning:
    "At least 5 % and 3 of the embedding requests for a model failed within 24 hours: a warning, information when none did in the last hour.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).some(({ kind }) => kind === "embed"),
  inspect: (facts) => {
    const cells = (facts.traffic.uses ?? []).filter(({ kind }) => kind === "embed");
    return groupedBy(cells, ({ model }) => model).flatMap(([model, ofModel]) => {
      const all = endsOf(facts, "failed", "incomplete").filter((row) => row.kind === "embed" && row.model === model);
      const rows = all.filter(({ errorClass }) => errorClass !== CALLERS);
      const ended = sumOf(ofModel, "day", "failed") + sumOf(ofModel, "day", "incomplete");
      const failed = ended - (all.length - rows.length);
      const rate = percent(failed, sumOf(ofModel, "day", "requests"));
      if (failed < LEAST_FAILURES || rate < LEAST_PCT || rows.length === 0) return [];
      const isOver = recentOf(facts, rows).length === 0;
      const [reason] = Object.keys(tally(rows.map(({ error }) => error)));
      return [
        {
          severity: isOver ? ("info" as const) : ("warning" as const),
          isResolved: isOver,
          nodeId: undefined,
          subject: model,
          title: "Embeddings fail",
          description: `${failed} embedding requests for ${plainText(model)} failed within 24 hours (${rate} %), on ${listed(rows.map(({ nodeId }) => nodeId || "no node"))}${reason === undefined ? "" : `; most often: ${plainText(reason)}`}.`,
          why: "What is not embedded is not found: an index stays incomplete, mostly without a word.",
          fix: "See why in an example. Texts longer than the model's context, and a model that is no embedding model, are the usual reasons",
          command: rows[0] === undefined ? undefined : `herd explain ${rows[0].requestId}`,
          traces: tracesOf(rows),
          details: { model, failed, error_rate_pct: rate, total: sumOf(ofModel, "day", "requests") },
        },
      ];
    });
  },
};
