import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { endsOf, groupedBy, recentOf, tracesOf } from "../reading/evidence.ts";
import { isWork, sumOf, workOf } from "../reading/use-sums.ts";
import { listed } from "../reading/wording.ts";

const LEAST = 3;
/** A failed request that took longer counts: the predecessor's bound, ms. */
const TIMEOUT_MS = 120_000;

/** Models whose requests fail after minutes. */
export const modelLoadTimeout: Check = {
  id: "model_load_timeout",
  title: "Requests that fail after minutes",
  meaning:
    "At least 3 requests of 24 hours for one model failed after more than 120 s: a warning, information when none did in the last hour.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).length > 0,
  inspect: (facts) =>
    groupedBy(workOf(facts), ({ model }) => model).flatMap(([model, cells]) => {
      const total = sumOf(cells, "day", "timeouts");
      if (total < LEAST) return [];
      const rows = endsOf(facts, "failed").filter(
        (row) => isWork(row) && row.model === model && row.latencyMs > TIMEOUT_MS,
      );
      const recent = recentOf(facts, rows).length;
      const nodes = [...new Set(cells.filter(({ day }) => day.timeouts > 0).map(({ nodeId }) => nodeId))].filter(
        Boolean,
      );
      return [
        {
          severity: recent > 0 ? ("warning" as const) : ("info" as const),
          isResolved: recent === 0,
          nodeId: undefined,
          subject: model,
          title: "Requests fail after minutes",
          description: `${counted(total, "request")} for ${model} failed after more than two minutes in 24 hours${nodes.length === 0 ? ", none of them ever on a node" : `, on ${listed(nodes)}`}.`,
          why: "Clients wait for minutes and get an error; the model may be too large for where it is loaded, or too much asked for.",
          fix: `Put ${model} on a node with more memory, choose a smaller variant, or keep it in memory`,
          command: rows[0] === undefined ? undefined : `herd explain ${rows[0].requestId}`,
          traces: tracesOf(rows),
          details: { model, timeouts_24h: total, timeouts_1h: recent, nodes },
        },
      ];
    }),
};
