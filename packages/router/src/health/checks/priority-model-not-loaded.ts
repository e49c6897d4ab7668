import type { Check, Finding } from "../check.ts";
import type { HealthFacts } from "../facts.ts";
import { loadCommand } from "../reading/commands.ts";
import { groupedBy } from "../reading/evidence.ts";
import { holdersOf, isEmbedder, isSameModel } from "../reading/real-models.ts";
import { sumOf, workOf } from "../reading/use-sums.ts";
import { listed } from "../reading/wording.ts";

/** The predecessor's measure: 3 × requests of a day + requests of seven days ÷ 7. */
const DAY_WEIGHT = 3;
const WEEK_DAYS = 7;
const LEAST_PRIORITY = 10;

interface Cold {
  readonly model: string;
  readonly priority_score: number;
  readonly isAskedNow: boolean;
  readonly isEmbedder: boolean;
}

/** Models that are asked for often and are in no memory. */
export const priorityModelNotLoaded: Check = {
  id: "priority_model_not_loaded",
  title: "Much used models that are in no memory",
  meaning:
    "A model with 3 × requests of 24 hours + requests of 7 days ÷ 7 of at least 10 is on disk and loaded nowhere: information; a warning when it was asked for within the last hour.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).length > 0,
  inspect: (facts) => {
    const cold = coldModels(facts);
    return cold.length === 0 ? [] : [findingOf(facts, cold)];
  },
};

const coldModels = (facts: HealthFacts): readonly Cold[] =>
  groupedBy(workOf(facts), ({ model }) => model).flatMap(([model, cells]) => {
    const [first, ...others] = holdersOf(facts.fleet, model);
    if (first === undefined || [first, ...others].some((holder) => holder.model.loaded !== undefined)) return [];
    const week = (facts.traffic.contexts ?? []).find((one) => isSameModel(one.model, model))?.requests ?? 0;
    const priority = Math.round(DAY_WEIGHT * sumOf(cells, "day", "requests") + week / WEEK_DAYS);
    const isAskedNow = sumOf(cells, "recent", "requests") > 0;
    return priority < LEAST_PRIORITY
      ? []
      : [{ model, priority_score: priority, isAskedNow, isEmbedder: isEmbedder(first.model) }];
  });

function findingOf({ traffic }: HealthFacts, cold: readonly Cold[]): Finding {
  const sorted = cold.toSorted((one, other) => other.priority_score - one.priority_score);
  const first = sorted.find(({ isAskedNow }) => isAskedNow) ?? sorted[0];
  return {
    severity: cold.some(({ isAskedNow }) => isAskedNow) ? "warning" : "info",
    nodeId: undefined,
    subject: "",
    title: "Much used models are in no memory",
    description: `${listed(sorted.map(({ model }) => model))} ${cold.length === 1 ? "is" : "are"} asked for often and loaded nowhere.`,
    why: "The next client waits until the model is loaded, seconds for a small one, minutes for a large one.",
    fix: "Load it now, pin it, or set a longer OLLAMA_KEEP_ALIVE on its node",
    command: first === undefined ? undefined : loadCommand(traffic.settings, first.model, first.isEmbedder),
    details: { missing_models: sorted.map(({ model, priority_score }) => ({ model, priority_score })) },
  };
}
