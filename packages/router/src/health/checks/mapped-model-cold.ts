import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { loadCommand } from "../reading/commands.ts";
import { mappedModels } from "../reading/mapped-models.ts";
import { holdersOf, isSameModel } from "../reading/real-models.ts";
import { sumOf, workOf } from "../reading/use-sums.ts";
import { listed } from "../reading/wording.ts";

/** So many loads within an hour: nobody had been away, clients wait for it again and again. */
const MANY_LOADS = 3;

/** Models that names of Anthropic's clients stand for, asked for and not in memory. */
export const mappedModelCold: Check = {
  id: "mapped_model_cold",
  title: "Models of the Anthropic map that are not in memory",
  meaning:
    "A model of anthropic_model_map that was asked for within 24 hours is on disk and in no memory: information; a warning when it was loaded 3 times within the last hour.",
  appliesTo: (facts) => mappedModels(facts).length > 0,
  inspect: (facts) =>
    mappedModels(facts).flatMap(({ model, names }) => {
      const holders = holdersOf(facts.fleet, model);
      const cells = workOf(facts).filter((cell) => isSameModel(cell.model, model));
      const isCold = holders.length > 0 && holders.every((holder) => holder.model.loaded === undefined);
      if (!isCold || sumOf(cells, "day", "requests") === 0) return [];
      const loads = sumOf(cells, "recent", "loads");
      return [
        {
          severity: loads >= MANY_LOADS ? ("warning" as const) : ("info" as const),
          nodeId: undefined,
          subject: model,
          title: "A mapped model is not in memory",
          description: `${listed(names)} on /v1/messages ${names.length === 1 ? "stands" : "stand"} for ${model}, which is only on the disk of ${listed(holders.map(({ node }) => node.nodeId))}; it was loaded ${counted(loads, "time")} within the last hour.`,
          why: "The next request waits until it is loaded; programs such as Claude Code may give up before.",
          fix: `Load ${model} now; a longer OLLAMA_KEEP_ALIVE on its node keeps it in memory`,
          command: loadCommand(facts.traffic.settings, model),
          details: { not_hot: [model], loads_1h: loads },
        },
      ];
    }),
};
