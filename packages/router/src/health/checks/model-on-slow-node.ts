import type { Check, Finding } from "../check.ts";
import type { PaceFacts } from "../facts/use-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { removeCommand } from "../reading/commands.ts";
import { groupedBy, recentOf, tracesOf } from "../reading/evidence.ts";
import { percent, rounded } from "../reading/wording.ts";

const SLOWER_BY = 4;
const LEAST_REQUESTS = 10;
/** Share of the model's requests that the slow node takes, percent. */
const LEAST_SHARE_PCT = 20;

/** Nodes that are much slower with a model than others that have it, and take much of its work. */
export const modelOnSlowNode: Check = {
  id: "model_on_slow_node",
  title: "Models that run much on a slow node",
  meaning:
    "Over the last hour, a node took at least 20 % of a model's requests, 10 at least, and wrote 4 times slower than another node with it: information.",
  appliesTo: ({ traffic }) => (traffic.paces ?? []).length > 1,
  inspect: (facts) =>
    groupedBy(facts.traffic.paces ?? [], ({ model }) => model).flatMap(([model, paces]) =>
      inspectModel(facts, model, paces),
    ),
};

const speedOf = ({ decode }: PaceFacts): number => decode?.recent ?? 0;
const requestsOf = ({ decode }: PaceFacts): number => decode?.recentRequests ?? 0;

function inspectModel(facts: HealthFacts, model: string, paces: readonly PaceFacts[]): readonly Finding[] {
  const [fastest] = paces.toSorted((one, other) => speedOf(other) - speedOf(one));
  const all = paces.reduce((sum, pace) => sum + requestsOf(pace), 0);
  if (fastest === undefined) return [];
  return paces.flatMap((pace) => {
    const share = percent(requestsOf(pace), all);
    const isSlow = speedOf(pace) > 0 && speedOf(pace) * SLOWER_BY <= speedOf(fastest);
    if (!isSlow || requestsOf(pace) < LEAST_REQUESTS || share < LEAST_SHARE_PCT) return [];
    const rows = recentOf(facts, facts.traffic.newest ?? []).filter(
      (row) => row.nodeId === pace.nodeId && row.model === model,
    );
    return [
      {
        severity: "info" as const,
        nodeId: pace.nodeId,
        subject: model,
        title: "A model runs much on a slow node",
        description: `${pace.nodeId} took ${share} % of the requests for ${model} over the last hour and writes ${rounded(speedOf(pace))} tokens per second; ${fastest.nodeId} writes ${rounded(speedOf(fastest))}.`,
        why: "Clients of the slow node wait several times longer. The router sends work there only when the faster nodes are busy.",
        fix: `Put ${model} on a further fast node; or take it off ${pace.nodeId}, if a longer queue is better than a slow answer`,
        command: removeCommand(model, pace.nodeId),
        traces: tracesOf(rows),
        details: {
          model,
          tok_s: rounded(speedOf(pace)),
          fastest_tok_s: rounded(speedOf(fastest)),
          fastest_node: fastest.nodeId,
          share_pct: share,
        },
      },
    ];
  });
}
