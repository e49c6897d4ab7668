import { type DecisionsView, type DecisionView, decisions } from "@herd/shared";
import { type Column, harmlessText, table } from "@herd/shared/terminal";
import { askRouter } from "./ask-router.ts";

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
  if (answer.kind === "none") return complain(answer.why);
  if (isJson) {
    process.stdout.write(`${JSON.stringify(answer.content, undefined, 2)}\n`);
    return 0;
  }
  const read = decisions.safeParse(answer.content);
  if (!read.success) return complain(`what answers at ${url} is no herd router of this kind`);
  process.stdout.write(explanationText(read.data));
  return 0;
}

function complain(why: string): number {
  process.stderr.write(`herd: ${why}\n`);
  return 1;
}

/** All decisions of a request as text. */
export function explanationText({ request_id, attempts }: DecisionsView): string {
  return [`request ${request_id}\n`, ...attempts.map(attemptText)].join("\n");
}

function attemptText(decision: DecisionView): string {
  const { candidates, rejected } = decision;
  const signals = candidates[0]?.parts.map((part) => part.signal) ?? [];
  const numbers = ["total", ...signals].map((name): Column => ({ title: name.toUpperCase(), side: "right" }));
  const columns: readonly Column[] = [{ title: "" }, { title: "NODE" }, ...numbers];
  const rows = candidates.map((candidate) => [
    candidate.is_winner ? ">" : "",
    candidate.node_id,
    candidate.total.toFixed(1),
    ...candidate.parts.map((part) => part.points.toFixed(1)),
  ]);
  const winner = candidates.find((candidate) => candidate.is_winner);
  const why = winner?.parts.map((part) => `  ${part.signal.padEnd(19)} ${harmlessText(part.explanation)}\n`) ?? [];
  const out = rejected.map((one) => `  ${one.node_id} not considered: ${harmlessText(one.explanation)}\n`);
  const title = `attempt ${decision.attempt}: ${decision.model} ${winner === undefined ? "found no node" : `went to ${winner.node_id}`} (${Math.round(decision.took_us)} µs, profile ${decision.profile})\n`;
  return [title, candidates.length === 0 ? "" : table({ columns, rows }), ...why, ...out].join("");
}
