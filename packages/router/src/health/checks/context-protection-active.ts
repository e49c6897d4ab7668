import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import type { EndedRow } from "../facts/request-facts.ts";
import { recentOf, tally, tracesOf } from "../reading/evidence.ts";
import { listed } from "../reading/wording.ts";

const REMOVED = "num_ctx removed";
const REPLACED = /^num_ctx=/;

/** Requests whose num_ctx was set so that no model had to be loaded anew. */
export const contextProtectionActive: Check = {
  id: "context_protection_active",
  title: "Requests whose num_ctx was set",
  meaning:
    "The newest requests of 24 hours include some whose own num_ctx the router removed or replaced: information. A num_ctx that it adds for clients that name none does not count.",
  appliesTo: ({ traffic }) => (traffic.newest ?? []).length > 0,
  inspect: (facts) => {
    const changed = (facts.traffic.newest ?? []).filter(isChanged);
    if (changed.length === 0) return [];
    const removed = changed.filter(({ edits }) => edits.includes(REMOVED)).length;
    const models = tally(changed.map(({ model }) => model));
    return [
      {
        severity: "info",
        nodeId: undefined,
        subject: "",
        title: "Models were kept from being loaded anew",
        description: `${counted(changed.length, "request")} for ${listed(Object.keys(models))} were sent with the context that is loaded there instead of the one they named.`,
        why: "Ollama loads a model anew when the context differs, which takes seconds to minutes; the router sends what is loaded where that is large enough.",
        fix: "Nothing has to be done. Clients that name a num_ctx need not: it has no effect while the loaded context is large enough",
        traces: tracesOf(changed),
        isResolved: recentOf(facts, changed).length === 0,
        details: {
          stripped: removed,
          replaced: changed.length - removed,
          upgraded: 0,
          warnings: 0,
          total: changed.length,
          affected_models: models,
        },
      },
    ];
  },
};

const isChanged = ({ edits }: EndedRow): boolean => edits.some((edit) => edit === REMOVED || REPLACED.test(edit));
