import { counted } from "../../domain/text/counted.ts";
import type { Check, Finding } from "../check.ts";
import type { EndedRow } from "../facts/request-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { removeCommand } from "../reading/commands.ts";
import { groupedBy, recentOf, tally, tracesOf } from "../reading/evidence.ts";
import { wellSince } from "../reading/node-errors.ts";
import { holdersOf } from "../reading/real-models.ts";
import { isWork } from "../reading/use-sums.ts";
import { plainText, shellWord } from "../words.ts";

const LEAST = 2;

/** Models that a node cannot load. */
export const modelLoadFailed: Check = {
  id: "model_load_failed",
  title: "Models that a node cannot load",
  meaning:
    "At least 2 requests of 24 hours failed because a node could not load their model: a warning, information when none did in the last hour, or the node has served the model since.",
  appliesTo: ({ traffic }) => (traffic.ends ?? []).length > 0,
  inspect: (facts) => {
    const failed = (facts.traffic.ends ?? []).filter(
      (row) => isWork(row) && row.errorClass === "load-failure" && row.nodeId !== "",
    );
    return groupedBy(failed, ({ nodeId, model }) => `${nodeId} ${model}`).flatMap(([, rows]) => {
      const [newest] = rows;
      return newest === undefined || rows.length < LEAST ? [] : [findingOf(facts, newest, rows)];
    });
  },
};

function findingOf(facts: HealthFacts, newest: EndedRow, rows: readonly EndedRow[]): Finding {
  const { nodeId, model } = newest;
  const at = Math.max(...rows.map((row) => row.at));
  const isMended = wellSince(facts.traffic.newest ?? [], { nodeId, model, at }) > 0;
  const recent = recentOf(facts, rows).length;
  const isOver = isMended || recent === 0;
  const [reason = ""] = Object.keys(tally(rows.map(({ error }) => error)));
  return {
    severity: isOver ? "info" : "warning",
    isResolved: isOver,
    nodeId,
    subject: model,
    title: "A model cannot be loaded",
    description: `${counted(rows.length, "request")} failed because ${nodeId} could not load ${plainText(model)}${reason === "" ? "" : `: ${plainText(reason)}`}.`,
    why: "The node counts as a holder of the model and cannot serve it; where no other node has it, every request fails.",
    ...remedyOf(facts, newest),
    traces: tracesOf(rows),
    details: { model, failed_24h: rows.length, failed_1h: recent, reason },
  };
}

/** What nobody else has is not to be deleted by a line that was copied. */
function remedyOf({ fleet }: HealthFacts, { nodeId, model, requestId }: EndedRow): Pick<Finding, "fix" | "command"> {
  const isElsewhere = holdersOf(fleet, model).some(({ node }) => node.nodeId !== nodeId);
  return isElsewhere
    ? {
        fix: `Free memory on ${nodeId} or update its Ollama; or take the model off it, other nodes have it`,
        command: removeCommand(model, nodeId),
      }
    : {
        fix: `Free memory on ${nodeId} or update its Ollama; the example tells what its Ollama said`,
        command: `herd explain ${shellWord(requestId)}`,
      };
}
