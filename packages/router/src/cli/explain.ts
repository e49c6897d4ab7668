import { type DecisionsView, type DecisionView, decisions } from "@herd/shared";
import { askRouter } from "./ask-router.ts";
import { table } from "./table.ts";

/** What to explain. */
export interface Explanation {
  readonly url: string;
  /** A request id, or `last`. */
  readonly id: string;
  readonly isJson: boolean;
}

/** Prints why a request went where it went. Resolves to the exit code. */
export async function explain({ url, id, isJson }: Explanation): Promise<number> {
  const answer = await askRouter(url, `/fleet/decisions/${encodeURIComponent(id)}`);
  if (answer.kind === "none") {
    process.stderr.write(`herd: ${answer.why}\n`);
    return 1;
  }
  const text = isJson
    ? `${JSON.stringify(answer.content, undefined, 2)}\n`
    : explanationText(decisions.parse(answer.content));
  process.stdout.write(text);
  return 0;
}

/** All decisions of a request as text. */
export function explanationText({ request_id, attempts }: DecisionsView): string {
  return [`request ${request_id}\n`, ...attempts.map(attemptText)].join("\n");
}

function attemptText(decision: DecisionView): string {
  const { candidates, rejected } = decision;
  const signals = candidates[0]?.parts.map((part) => part.signal) ?? [];
  const head = ["", "NODE", "TOTAL", ...signals.map((name) => name.toUpperCase())];
  const rows = candidates.map((candidate) => [
    candidate.is_winner ? ">" : "",
    candidate.node_id,
    candidate.total.toFixed(1),
    ...candidate.parts.map((part) => part.points.toFixed(1)),
  ]);
  const winner = candidates.find((candidate) => candidate.is_winner);
  const why = winner?.parts.map((part) => `  ${part.signal.padEnd(19)} ${part.explanation}\n`) ?? [];
  const out = rejected.map((one) => `  ${one.node_id} not considered: ${one.explanation}\n`);
  const title = `attempt ${decision.attempt}: ${decision.model} ${winner === undefined ? "found no node" : `went to ${winner.node_id}`} (${Math.round(decision.took_us)} µs, profile ${decision.profile})\n`;
  return [title, candidates.length === 0 ? "" : table(head, rows), ...why, ...out].join("");
}
