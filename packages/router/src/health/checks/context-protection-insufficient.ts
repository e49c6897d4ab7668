import { counted } from "../../domain/text/counted.ts";
import type { Check, Finding } from "../check.ts";
import type { EndedRow } from "../facts/request-facts.ts";
import type { HealthFacts } from "../facts.ts";
import { settingsCommand } from "../reading/commands.ts";
import { groupedBy, recentOf, tracesOf } from "../reading/evidence.ts";
import { holdersOf } from "../reading/real-models.ts";

/** Share of the context at which Ollama has cut the prompt: its count then stays just below. */
const FULL = 0.98;
/** Prompts are estimated before they are counted; estimates err by about a tenth. */
const ESTIMATE_MARGIN = 1.2;
const LEAST_REQUESTS = 2;

/** Prompts that do not fit the context with which their model is loaded. */
export const contextProtectionInsufficient: Check = {
  id: "context_protection_insufficient",
  title: "Prompts that fill or exceed the loaded context",
  meaning:
    "At least 2 of the newest requests of 24 hours filled the whole context with which their model is loaded on their node: a warning.",
  appliesTo: ({ traffic }) => (traffic.newest ?? []).length > 0,
  inspect: (facts) => {
    const full = (facts.traffic.newest ?? []).filter((row) => isFull(facts, row));
    return groupedBy(full, ({ model }) => model).flatMap(([model, rows]) =>
      rows.length < LEAST_REQUESTS ? [] : [findingOf(facts, model, rows)],
    );
  },
};

function contextOf({ fleet }: HealthFacts, { nodeId, model }: EndedRow): number {
  const holder = holdersOf(fleet, model).find(({ node }) => node.nodeId === nodeId);
  return holder?.model.loaded?.contextLength ?? 0;
}

function isFull(facts: HealthFacts, row: EndedRow): boolean {
  const context = row.kind === "chat" || row.kind === "generate" ? contextOf(facts, row) : 0;
  if (context === 0) return false;
  return row.promptTokens >= FULL * context || row.estimatedTokens > ESTIMATE_MARGIN * context;
}

function findingOf(facts: HealthFacts, model: string, rows: readonly EndedRow[]): Finding {
  const context = Math.max(...rows.map((row) => contextOf(facts, row)));
  const longest = Math.max(...rows.map((row) => Math.max(row.promptTokens, row.estimatedTokens)));
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(longest, context) + 1));
  const { settings } = facts.traffic;
  const isOver = recentOf(facts, rows).length === 0;
  return {
    severity: isOver ? "info" : "warning",
    isResolved: isOver,
    nodeId: undefined,
    subject: model,
    title: "Prompts do not fit the loaded context",
    description: `${counted(rows.length, "request")} filled the ${context} tokens with which ${model} is loaded; the longest has about ${longest}.`,
    why: "Ollama cuts off the beginning of what does not fit: the system prompt and earlier turns are lost without a word.",
    fix: `Load ${model} with more context, or let the client send shorter prompts`,
    command: settingsCommand(settings, {
      dynamic_num_ctx: true,
      num_ctx_overrides: { ...settings?.numCtxOverrides, [model]: wanted },
    }),
    traces: tracesOf(rows),
    details: {
      warning_count: rows.length,
      affected_models: { [model]: rows.length },
      context_length: context,
      longest,
    },
  };
}
