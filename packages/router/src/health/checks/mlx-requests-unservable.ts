import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { endsOf, recentOf, tally, tracesOf } from "../reading/evidence.ts";
import { holdersOf } from "../reading/real-models.ts";
import { listed } from "../reading/wording.ts";

const MLX_PREFIX = "mlx:";

/** Requests for models on MLX servers that no such server serves. */
export const mlxRequestsUnservable: Check = {
  id: "mlx_requests_unservable",
  title: "Requests for models on MLX servers that nobody serves",
  meaning:
    "Requests for names that begin with mlx: failed within 24 hours because no server has the model: a warning, information when none did in the last hour.",
  appliesTo: ({ traffic }) => (traffic.ends ?? []).length > 0,
  inspect: (facts) => {
    const rows = endsOf(facts, "failed").filter(
      ({ askedModel, model, errorCode }) =>
        (askedModel.startsWith(MLX_PREFIX) || model.startsWith(MLX_PREFIX)) &&
        (errorCode === "HERD_MODEL_NOT_FOUND" || errorCode === "HERD_NO_CANDIDATE") &&
        holdersOf(facts.fleet, askedModel).length === 0,
    );
    if (rows.length === 0) return [];
    const names = tally(rows.map(({ askedModel }) => askedModel));
    const isOver = recentOf(facts, rows).length === 0;
    return [
      {
        severity: isOver ? "info" : "warning",
        isResolved: isOver,
        nodeId: undefined,
        subject: "",
        title: "No MLX server has these models",
        description: `${counted(rows.length, "request")} for ${listed(Object.keys(names))} failed within 24 hours; no node reports a server that has such a model.`,
        why: "Every such request fails.",
        fix: "Start the MLX server of that model on a node, or let an alias lead to a model that is there",
        command: "herd status",
        traces: tracesOf(rows),
        details: { models: names, failed_24h: rows.length },
      },
    ];
  },
};
