import { z } from "zod";
import { answerOf } from "../asking/answer-of.ts";
import type { Seen } from "../asking/look.ts";
import type { Trouble } from "../asking/trouble.ts";
import type { Order } from "../frame/command.ts";
import type { Shell } from "../frame/shell.ts";
import { type Run, runForm } from "./bench-forms.ts";
import { csvOf, runsText, runText } from "./bench-text.ts";

const PATH = "/dashboard/api/benchmarks";
const USUAL_LIMIT = 20;

/** Earlier runs. */
export async function lookAtRuns({ shell, flags }: Order): Promise<Seen | Trouble> {
  const { url, signal } = shell;
  const limit = (flags["limit"] as number | undefined) ?? USUAL_LIMIT;
  const form = z.object({ data: z.array(runForm) });
  const answer = await answerOf({ url, signal, path: `${PATH}?limit=${limit}`, form });
  if (answer.kind === "none") return answer;
  const runs = answer.read.data;
  const isCsv = flags["csv"] === true;
  return { kind: "seen", content: answer.content, text: (page) => (isCsv ? csvOf(runs) : runsText(runs, page)) };
}

/** One run. */
export async function lookAtRun({ shell, flags, words }: Order): Promise<Seen | Trouble> {
  const found = await runOf(shell, words[0] ?? "");
  if (found.kind === "none") return found;
  const { run, content } = found;
  const isCsv = flags["csv"] === true;
  return { kind: "seen", content, text: (page) => (isCsv ? csvOf([run]) : runText(run, page)) };
}

/** A run by its id; `latest` is the newest. */
export async function runOf(
  { url, signal }: Shell,
  id: string,
): Promise<{ readonly kind: "run"; readonly run: Run; readonly content: unknown } | Trouble> {
  const isLatest = id === "latest";
  const path = isLatest ? `${PATH}?limit=1` : `${PATH}/${encodeURIComponent(id)}`;
  const form = z.object({ data: z.union([z.array(runForm), runForm.nullable()]) });
  const answer = await answerOf({ url, signal, path, form });
  if (answer.kind === "none") return answer;
  const { data: told } = answer.read;
  const run = Array.isArray(told) ? told[0] : told;
  if (run !== undefined && run !== null) {
    const content = (answer.content as { readonly data: unknown }).data;
    return { kind: "run", run, content: Array.isArray(content) ? content[0] : content };
  }
  const why = isLatest ? "no run is stored yet" : `no run '${id}' is stored`;
  const fix = isLatest ? "make one: herd bench start" : "herd bench list tells them";
  return { kind: "none", reason: "refused", status: undefined, code: undefined, why, fix };
}
