import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { recentOf, tally, tracesOf } from "../reading/evidence.ts";
import { sumOf, workOf } from "../reading/use-sums.ts";
import { listed } from "../reading/wording.ts";

const TOLD_FROM = 0.3;
const WARNING_FROM = 0.5;
const LEAST_RETRIES = 5;

/** Requests that need several tries. */
export const highRetryRate: Check = {
  id: "high_retry_rate",
  title: "Requests that need several tries",
  meaning:
    "Over 24 hours, requests had 0.3 retries on average, and 5 in all: information; from 0.5 on a warning, unless none was retried within the last hour.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).length > 0,
  inspect: (facts) => {
    const cells = workOf(facts);
    const [retries, requests] = [sumOf(cells, "day", "retries"), sumOf(cells, "day", "requests")];
    const average = requests === 0 ? 0 : Math.round((100 * retries) / requests) / 100;
    const rows = (facts.traffic.newest ?? []).filter((row) => row.retries > 0);
    if (average < TOLD_FROM || retries < LEAST_RETRIES || rows.length === 0) return [];
    const isOver = recentOf(facts, rows).length === 0;
    const nodes = tally(rows.flatMap(({ failedOn }) => failedOn));
    return [
      {
        severity: average >= WARNING_FROM && !isOver ? "warning" : "info",
        isResolved: isOver,
        nodeId: undefined,
        subject: "",
        title: "Requests need several tries",
        description: `${counted(retries, "retry").replace("retrys", "retries")} for ${counted(requests, "request")} in 24 hours; the tries failed on ${listed(Object.keys(nodes))}.`,
        why: "Every failed try makes its client wait, and adds to the load of the nodes that are well.",
        fix: `Let ${Object.keys(nodes)[0] ?? "the failing node"} take no new work until it is mended`,
        command: rows[0] === undefined ? undefined : `herd explain ${rows[0].requestId}`,
        traces: tracesOf(rows),
        details: {
          avg_retries_per_request: average,
          total_retries: retries,
          total_requests: requests,
          failed_on: nodes,
        },
      },
    ];
  },
};
