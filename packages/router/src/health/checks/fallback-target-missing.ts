import { counted } from "../../domain/text/counted.ts";
import type { Check } from "../check.ts";
import { pullCommand } from "../reading/commands.ts";
import { hasFleet, isKnown } from "../reading/real-models.ts";
import { plainText } from "../words.ts";

/** It still happens, ms. */
const RECENT_MS = 3_600_000;

/** Models that clients name as a fallback, and no node has. */
export const fallbackTargetMissing: Check = {
  id: "fallback_target_missing",
  title: "Fallbacks that no node has",
  meaning:
    "Requests of 24 hours named a model in fallback_models that no node has, counted since the start of the router: a warning, information when none did in the last hour.",
  appliesTo: ({ fleet, traffic }) => hasFleet(fleet) && (traffic.missingFallbacks ?? []).length > 0,
  inspect: ({ fleet, now, traffic }) =>
    (traffic.missingFallbacks ?? [])
      .filter(({ model }) => !isKnown(fleet, model))
      .map(({ model, count, lastAt, traces }) => {
        const isOver = now - lastAt >= RECENT_MS;
        const name = plainText(model);
        return {
          severity: isOver ? ("info" as const) : ("warning" as const),
          isResolved: isOver,
          nodeId: undefined,
          subject: model,
          title: "A fallback is missing",
          description: `${counted(count, "request")} of the last 24 hours named ${name} in fallback_models, and no node has such a model.`,
          why: "When the model that was asked for cannot serve, this fallback cannot step in, and the client gets an error.",
          fix: `Put ${name} on a node, or name a model that is there in the fallback_models of these clients`,
          command: pullCommand(model),
          traces,
          details: { model, requests_24h: count },
        };
      }),
};
