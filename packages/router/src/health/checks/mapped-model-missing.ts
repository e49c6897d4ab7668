import type { Check } from "../check.ts";
import { pullCommand } from "../reading/commands.ts";
import { endsOf, tracesOf } from "../reading/evidence.ts";
import { mappedModels } from "../reading/mapped-models.ts";
import { hasFleet, holdersOf, isKnown, isSameModel } from "../reading/real-models.ts";
import { listed } from "../reading/wording.ts";

/** Models that names of Anthropic's clients stand for, and no node has. */
export const mappedModelMissing: Check = {
  id: "mapped_model_missing",
  title: "Models of the Anthropic map that no node has",
  meaning: "A model of anthropic_model_map, aliases followed, is on no node that is there: critical.",
  appliesTo: (facts) => hasFleet(facts.fleet) && mappedModels(facts).length > 0,
  inspect: (facts) =>
    mappedModels(facts)
      .filter(({ model }) => holdersOf(facts.fleet, model).length === 0)
      .map(({ model, names }) => {
        const rows = endsOf(facts, "failed").filter((row) => isSameModel(row.model, model));
        const isAsleep = isKnown(facts.fleet, model);
        return {
          severity: "critical" as const,
          nodeId: undefined,
          subject: model,
          title: "A mapped model is missing",
          description: isAsleep
            ? `${listed(names)} on /v1/messages ${names.length === 1 ? "stands" : "stand"} for ${model}, and every node that has it is offline.`
            : `${listed(names)} on /v1/messages ${names.length === 1 ? "stands" : "stand"} for ${model}, which no node has.`,
          why: "Every request with one of these names fails.",
          fix: isAsleep
            ? `Switch on a machine that has ${model}, or put it on another one`
            : `Put ${model} on a node, or map the names to a model that is there`,
          command: pullCommand(model),
          traces: tracesOf(rows),
          details: { missing: [model], mapped_names: names },
        };
      }),
};
