import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { settingsCommand } from "../reading/commands.ts";
import { endsOf, recentOf, tally, tracesOf } from "../reading/evidence.ts";
import { listed } from "../reading/wording.ts";

/** Names of Anthropic's models that were asked for and stand for nothing. */
export const anthropicUnroutedConfig: Check = {
  id: "anthropic_unrouted_config",
  title: "Names of Anthropic's models that stand for nothing",
  meaning:
    "With anthropic_auto_route off, requests for claude-* names that anthropic_model_map does not cover failed within 24 hours: a warning, information when none did in the last hour.",
  appliesTo: ({ traffic }) => traffic.settings?.anthropicAutoRoute === false && (traffic.ends ?? []).length > 0,
  inspect: (facts) => {
    const { settings } = facts.traffic;
    const rows = endsOf(facts, "failed").filter(
      (row) =>
        row.dialect === "anthropic" &&
        row.errorCode === "HERD_MODEL_NOT_FOUND" &&
        row.askedModel.toLowerCase().startsWith("claude"),
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
        title: "Names of Anthropic's models stand for nothing",
        description: `${counted(rows.length, "request")} for ${listed(Object.keys(names))} failed within 24 hours: no node has such a model, anthropic_model_map does not name it, and anthropic_auto_route is off.`,
        why: "Clients of Anthropic's API ask for its models by name, also for small side tasks; those fail.",
        fix: "Let unmapped names go to the best chat model, or add the key default to anthropic_model_map",
        command: settingsCommand(settings, { anthropic_auto_route: true }),
        traces: tracesOf(rows),
        details: { unrouted: names, mapped_names: Object.keys(settings?.anthropicModelMap ?? {}) },
      },
    ];
  },
};
