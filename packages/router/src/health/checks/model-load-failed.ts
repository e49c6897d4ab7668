import type { Check } from "../check.ts";
import { groupedBy, recentOf, tally, tracesOf } from "../reading/evidence.ts";
import { isWork } from "../reading/use-sums.ts";
import { counted } from "../reading/wording.ts";
import { plainText, shellWord } from "../words.ts";

const LEAST = 2;

/** Models that a node cannot load. */
export const modelLoadFailed: Check = {
  id: "model_load_failed",
  title: "Models that a node cannot load",
  meaning:
    "At least 2 requests of 24 hours failed because a node could not load their model: a warning, information when none did in the last hour.",
  appliesTo: ({ traffic }) => (traffic.ends ?? []).length > 0,
  inspect: (facts) => {
    const failed = (facts.traffic.ends ?? []).filter(
      (row) => isWork(row) && row.errorClass === "load-failure" && row.nodeId !== "",
    );
    return groupedBy(failed, ({ nodeId, model }) => `${nodeId} ${model}`).flatMap(([, rows]) => {
      const [newest] = rows;
      if (newest === undefined || rows.length < LEAST) return [];
      const isOver = recentOf(facts, rows).length === 0;
      const [reason = ""] = Object.keys(tally(rows.map(({ error }) => error)));
      return [
        {
          severity: isOver ? ("info" as const) : ("warning" as const),
          isResolved: isOver,
          nodeId: newest.nodeId,
          subject: newest.model,
          title: "A model cannot be loaded",
          description: `${counted(rows.length, "request")} failed because ${newest.nodeId} could not load ${plainText(newest.model)}${reason === "" ? "" : `: ${plainText(reason)}`}.`,
          why: "The node counts as a holder of the model and cannot serve it; where no other node has it, every request fails.",
          fix: `Free memory on ${newest.nodeId} or update its Ollama; else take the model off it`,
          command: `herd rm ${shellWord(newest.model)} --node ${shellWord(newest.nodeId)}`,
          traces: tracesOf(rows),
          details: { model: newest.model, failed_24h: rows.length, failed_1h: recentOf(facts, rows).length, reason },
        },
      ];
    });
  },
};
