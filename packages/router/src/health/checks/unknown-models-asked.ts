import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { pullCommand } from "../reading/commands.ts";
import { endsOf, recentOf, tally, tracesOf } from "../reading/evidence.ts";
import { isKnown, isSameModel } from "../reading/real-models.ts";
import { isWork } from "../reading/use-sums.ts";
import { listed } from "../reading/wording.ts";
import { plainText } from "../words.ts";

const LEAST = 3;
/** From so many on it is a program that goes on asking, not a person who mistyped. */
const MANY = 10;
/** A chat without messages, with which clients fetch a model into memory. */
const LOAD = "load";
/** Names of models on MLX servers have a check of their own. */
const MLX_PREFIX = "mlx:";

/** Names that are asked for again and again, and that nobody has. */
export const unknownModelsAsked: Check = {
  id: "unknown_models_asked",
  title: "Models that are asked for and that no node has",
  meaning:
    "A model that no node has was asked for at least 3 times within 24 hours: information; a warning from 10 times on when it went on within the last hour.",
  appliesTo: ({ traffic }) => (traffic.ends ?? []).length > 0,
  inspect: (facts) => {
    const aliases = Object.keys(facts.traffic.settings?.modelAliases ?? {});
    const rows = endsOf(facts, "failed").filter(
      (row) =>
        (isWork(row) || row.kind === LOAD) &&
        row.errorCode === "HERD_MODEL_NOT_FOUND" &&
        row.dialect !== "anthropic" &&
        row.askedModel !== "" &&
        !row.askedModel.startsWith(MLX_PREFIX) &&
        !isKnown(facts.fleet, row.askedModel) &&
        !aliases.some((alias) => isSameModel(alias, row.askedModel)),
    );
    const counts = Object.entries(tally(rows.map(({ askedModel }) => askedModel))).filter(
      ([, count]) => count >= LEAST,
    );
    const [top] = counts;
    if (top === undefined) return [];
    const shown = rows.filter(({ askedModel }) => counts.some(([name]) => name === askedModel));
    const isOver = recentOf(facts, shown).length === 0;
    return [
      {
        severity: top[1] >= MANY && !isOver ? "warning" : "info",
        isResolved: isOver,
        nodeId: undefined,
        subject: "",
        title: "Models are asked for that no node has",
        description: `${listed(counts.map(([name]) => name))}: asked for ${counted(shown.length, "time")} in 24 hours, and no node has such a model.`,
        why: "Every such request fails. Mostly a program has a name built in, or a model was deleted that somebody still uses.",
        fix: `Put ${plainText(top[0])} on a node, or let an alias (model_aliases) lead to a model that is there`,
        command: pullCommand(top[0]),
        traces: tracesOf(shown),
        details: { unknown_models: Object.fromEntries(counts), total: shown.length },
      },
    ];
  },
};
