import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { pullCommand } from "../reading/commands.ts";
import { groupedBy, recentOf, tracesOf } from "../reading/evidence.ts";
import { holdersOf } from "../reading/real-models.ts";
import { relievers } from "../reading/relief.ts";
import { sumOf, workOf } from "../reading/use-sums.ts";
import { listed } from "../reading/wording.ts";
import { plainText, spanText } from "../words.ts";

/** Mean wait over the last hour, ms, and of how many requests. */
const LONG_WAIT_MS = 5_000;
const LEAST_REQUESTS = 20;

/** Models that are asked for beyond what the nodes that have them can serve. */
export const oneModelBeyondItsHolders: Check = {
  id: "one_model_beyond_its_holders",
  title: "Models asked for beyond what their nodes can serve",
  meaning:
    "Over the last hour, at least 20 requests for a model waited 5 s on average for their turn, while a node with room for it does not have it: a warning.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).length > 0,
  inspect: (facts) =>
    groupedBy(workOf(facts), ({ model }) => model).flatMap(([model, cells]) => {
      const requests = sumOf(cells, "recent", "requests");
      const waitMs = requests === 0 ? 0 : sumOf(cells, "recent", "queueWaitMs") / requests;
      const [relief] = relievers(facts, model);
      if (requests < LEAST_REQUESTS || waitMs < LONG_WAIT_MS || relief === undefined) return [];
      const holders = holdersOf(facts.fleet, model).map(({ node }) => node.nodeId);
      const rows = recentOf(facts, facts.traffic.newest ?? []).filter((row) => row.model === model);
      const slowest = rows
        .toSorted((one, other) => other.ttftMs - one.ttftMs)
        .slice(0, rows.length > 10 ? 10 : undefined);
      return [
        {
          severity: "warning" as const,
          nodeId: undefined,
          subject: model,
          title: "A model is asked for beyond its nodes",
          description: `${counted(requests, "request")} for ${plainText(model)} waited ${spanText(waitMs)} on average over the last hour; only ${listed(holders)} ${holders.length === 1 ? "has" : "have"} it.`,
          why: "However well they are spread, requests for one model can only run where it is; the other nodes stand idle.",
          fix: `Put ${plainText(model)} on ${relief.nodeId}, which has room for it`,
          command: pullCommand(model, relief.nodeId),
          traces: tracesOf(slowest),
          details: {
            model,
            requests_1h: requests,
            mean_wait_ms: Math.round(waitMs),
            holders,
            relief_node: relief.nodeId,
          },
        },
      ];
    }),
};
