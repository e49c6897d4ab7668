import type { Check } from "../check.ts";
import { pullCommand } from "../reading/commands.ts";
import { endsOf, groupedBy, tracesOf } from "../reading/evidence.ts";
import { isOfCloud } from "../reading/mapped-models.ts";
import { hasFleet, holdersOf, isSameModel } from "../reading/real-models.ts";
import { listed } from "../reading/wording.ts";
import { plainText } from "../words.ts";

/** Models that an alias stands for, and no node has. */
export const aliasTargetMissing: Check = {
  id: "alias_target_missing",
  title: "Aliases of models that no node has",
  meaning:
    "A name of model_aliases stands for a model that is on no node that is there: a warning, critical when it was asked for within 24 hours.",
  appliesTo: ({ fleet, traffic }) => hasFleet(fleet) && Object.keys(traffic.settings?.modelAliases ?? {}).length > 0,
  inspect: (facts) => {
    const aliases = Object.entries(facts.traffic.settings?.modelAliases ?? {});
    const missing = aliases.filter(([, model]) => !isOfCloud(model) && holdersOf(facts.fleet, model).length === 0);
    return groupedBy(missing, ([, model]) => model).map(([model, entries]) => {
      const names = entries.map(([name]) => name);
      const rows = endsOf(facts, "failed").filter(
        ({ askedModel, model: served }) =>
          isSameModel(served, model) || names.some((name) => isSameModel(name, askedModel)),
      );
      return {
        severity: rows.length > 0 ? ("critical" as const) : ("warning" as const),
        nodeId: undefined,
        subject: model,
        title: "An alias leads nowhere",
        description: `${listed(names)} ${names.length === 1 ? "stands" : "stand"} for ${plainText(model)}, which no node that is there has.`,
        why: "Every request with such a name fails.",
        fix: `Put ${plainText(model)} on a node, or let the alias name a model that is there`,
        command: pullCommand(model),
        traces: tracesOf(rows),
        details: { missing: [model], aliases: names, failed_24h: rows.length },
      };
    });
  },
};
