import type { Check } from "../check.ts";
import { settingsCommand } from "../reading/commands.ts";
import { recentOf, tracesOf } from "../reading/evidence.ts";
import { workOf } from "../reading/use-sums.ts";

const LEAST_LOADS = 3;
/** Below it a load is no load, ms: Ollama reports some for every request. */
const LOADED_FROM_MS = 500;

/** Models loaded again and again while requests may change their context. */
export const numCtxUnmanaged: Check = {
  id: "num_ctx_unmanaged",
  title: "Requests that make Ollama load a model anew",
  meaning:
    "With context_protection not on strip, one model was loaded 3 times on one node within the last hour for native requests while no other model was: a warning.",
  appliesTo: ({ traffic }) => (traffic.settings?.contextProtection ?? "strip") !== "strip",
  inspect: (facts) => {
    const { settings, newest = [] } = facts.traffic;
    const loading = workOf(facts).filter(({ recent }) => recent.loads > 0);
    return loading.flatMap(({ nodeId, model, recent }) => {
      // Several models that take turns are another trouble with another way out.
      const isAlone = loading.every((cell) => cell.nodeId !== nodeId || cell.model === model);
      const rows = recentOf(facts, newest).filter(
        (row) =>
          row.nodeId === nodeId && row.model === model && row.dialect === "ollama" && row.loadMs > LOADED_FROM_MS,
      );
      if (!isAlone || recent.loads < LEAST_LOADS || rows.length < LEAST_LOADS) return [];
      return [
        {
          severity: "warning" as const,
          nodeId,
          subject: model,
          title: "Requests make Ollama load a model anew",
          description: `${model} was loaded ${recent.loads} times on ${nodeId} within the last hour, and no other model was; context_protection is on ${settings?.contextProtection ?? ""}.`,
          why: "Requests with different num_ctx make Ollama load the model anew each time, and everybody waits for it.",
          fix: "Let the router send what is loaded wherever that is large enough",
          command: settingsCommand(settings, { context_protection: "strip" }),
          traces: tracesOf(rows),
          details: { model, loads_1h: recent.loads, context_protection: settings?.contextProtection ?? null },
        },
      ];
    });
  },
};
