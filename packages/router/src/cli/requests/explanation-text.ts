import type { DecisionsView, DecisionView } from "@herd/shared";
import { type Column, harmlessText, table } from "@herd/shared/terminal";
import type { Page } from "../frame/shell.ts";

/** All decisions of a request as text. */
export function explanationText({ request_id, attempts }: DecisionsView, page: Page): string {
  return [`request ${harmlessText(request_id)}\n`, ...attempts.map((attempt) => attemptText(attempt, page))].join("\n");
}

function attemptText(decision: DecisionView, { paint, width }: Page): string {
  const { candidates, rejected } = decision;
  const signals = candidates[0]?.parts.map((part) => part.signal) ?? [];
  const numbers = signals.map((name, at): Column => ({ title: name.toUpperCase(), side: "right", goesAt: at + 1 }));
  const columns: readonly Column[] = [{ title: "" }, { title: "NODE" }, { title: "TOTAL", side: "right" }, ...numbers];
  const rows = candidates.map((candidate) => [
    candidate.is_winner ? ">" : "",
    candidate.is_winner ? { text: candidate.node_id, tone: "good" as const } : candidate.node_id,
    candidate.total.toFixed(1),
    ...candidate.parts.map((part) => part.points.toFixed(1)),
  ]);
  const winner = candidates.find((candidate) => candidate.is_winner);
  const why = winner?.parts.map(
    (part) => `  ${harmlessText(part.signal).padEnd(19)} ${harmlessText(part.explanation)}\n`,
  );
  const out = rejected.map(
    (one) => `  ${harmlessText(one.node_id)} not considered: ${harmlessText(one.explanation)}\n`,
  );
  const where = winner === undefined ? "found no node" : `went to ${winner.node_id}`;
  const how = `${Math.round(decision.took_us)} µs, profile ${decision.profile}`;
  const title = harmlessText(`attempt ${decision.attempt}: ${decision.model} ${where} (${how})`);
  const list = candidates.length === 0 ? "" : table({ columns, rows, width, paint });
  return [`${paint(title, "strong")}\n`, list, ...(why ?? []), ...out].join("");
}
