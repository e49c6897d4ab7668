import type { Check } from "../check.ts";
import { settingsCommand } from "../reading/commands.ts";
import { isSameModel } from "../reading/real-models.ts";
import { workOf } from "../reading/use-sums.ts";
import { listed } from "../reading/wording.ts";

/** Contexts that were set and are used by no request. */
export const numCtxOverrideInert: Check = {
  id: "num_ctx_override_inert",
  title: "Contexts that were set and have no effect",
  meaning:
    "num_ctx_overrides names models while dynamic_num_ctx is off: information; a warning when one of them was asked for within 24 hours.",
  appliesTo: ({ traffic }) => traffic.settings?.dynamicNumCtx === false,
  inspect: (facts) => {
    const { settings } = facts.traffic;
    const models = Object.keys(settings?.numCtxOverrides ?? {});
    if (models.length === 0) return [];
    const asked = models.filter((model) => workOf(facts).some((cell) => isSameModel(cell.model, model)));
    return [
      {
        severity: asked.length > 0 ? "warning" : "info",
        nodeId: undefined,
        subject: "",
        title: "Contexts that were set have no effect",
        description: `num_ctx_overrides names ${listed(models)}, and dynamic_num_ctx is off.`,
        why: "Requests without a num_ctx get the node's default, not the context that was set for their model.",
        fix: "Switch dynamic_num_ctx on, or take the entries out",
        command: settingsCommand(settings, { dynamic_num_ctx: true }),
        details: { models, asked_24h: asked },
      },
    ];
  },
};
