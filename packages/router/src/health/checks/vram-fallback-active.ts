import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { pullCommand } from "../reading/commands.ts";
import { tally, tracesOf } from "../reading/evidence.ts";
import { sumOf, workOf } from "../reading/use-sums.ts";
import { listed } from "../reading/wording.ts";

/** Requests that another model than the asked one served. */
export const vramFallbackActive: Check = {
  id: "vram_fallback_active",
  title: "Requests served by another model than asked",
  meaning: "A fallback stepped in at least once in 24 hours: information.",
  appliesTo: ({ traffic }) => (traffic.uses ?? []).length > 0,
  inspect: (facts) => {
    const total = sumOf(workOf(facts), "day", "fallbacks");
    if (total === 0) return [];
    const rows = (facts.traffic.newest ?? []).filter(({ isFallback }) => isFallback);
    const requested = tally(rows.map(({ askedModel }) => askedModel));
    const [top] = Object.keys(requested);
    return [
      {
        severity: "info",
        nodeId: undefined,
        subject: "",
        title: "Other models stepped in",
        description: `${counted(total, "request")} of the last 24 hours went to a fallback${top === undefined ? "" : `; asked for were ${listed(Object.keys(requested))}`}.`,
        why: "Clients got an answer, but of another model than they asked for; the header X-Fleet-Fallback told them so.",
        fix: "Put the models that are asked for on a machine with room for them, or take them out of the clients' configuration",
        command: top === undefined ? undefined : pullCommand(top),
        traces: tracesOf(rows),
        isResolved: sumOf(workOf(facts), "recent", "fallbacks") === 0,
        details: { total_fallbacks: total, top_requested: requested },
      },
    ];
  },
};
