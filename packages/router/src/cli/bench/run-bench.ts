import { clockOf, cutText, harmlessText, jsonText } from "@herd/shared/terminal";
import { z } from "zod";
import { answerOf } from "../asking/answer-of.ts";
import { askRouter } from "../asking/ask-router.ts";
import { complain, tellTrouble } from "../asking/trouble.ts";
import type { Order } from "../frame/command.ts";
import { DONE, STOPPED } from "../frame/exit-codes.ts";
import { canDraw, pageOf, pause, type Shell } from "../frame/shell.ts";
import { progressForm } from "./bench-forms.ts";
import { runOf } from "./bench-looks.ts";
import { runText } from "./bench-text.ts";

const PATH = "/dashboard/api/benchmarks";
const LOOK_EVERY_MS = 1000;

/** Starts a run, and shows how far it is until its end. */
export async function startBench({ shell, flags }: Order): Promise<number> {
  const { url, signal } = shell;
  const form = z.object({ run_id: z.string() });
  const started = await answerOf({ url, signal, path: `${PATH}/start`, method: "POST", body: wishOf(flags), form });
  if (started.kind === "none") return tellTrouble(shell, started);
  const { run_id: id } = started.read;
  if (flags["detach"] === true) {
    shell.print(flags["json"] === true ? `${jsonText(started.content)}\n` : `run ${harmlessText(id)} has begun\n`);
    return DONE;
  }
  if (flags["json"] !== true) shell.print(`run ${harmlessText(id)} has begun; Ctrl-C ends it\n`);
  const end = await followRun(shell, flags["json"] === true);
  if (end !== DONE) return end;
  return printRun(shell, id, flags["json"] === true);
}

/** Only what was asked for: the router knows the rest. */
function wishOf(flags: Order["flags"]): object {
  const names: Readonly<Record<string, string>> = {
    mode: "mode",
    duration: "duration",
    types: "model_types",
    models: "models",
    nodes: "nodes",
    concurrency: "max_concurrency",
    outputTokens: "output_tokens",
    pull: "pull",
  };
  return Object.fromEntries(
    Object.entries(names).flatMap(([flag, name]) => (flags[flag] === undefined ? [] : [[name, flags[flag]]])),
  );
}

const OVER: ReadonlySet<string> = new Set(["complete", "error", "cancelled", "idle"]);

/** Shows how far the run is, until it is over. */
async function followRun(shell: Shell, isSilent: boolean): Promise<number> {
  const { url, signal } = shell;
  const tell = createTeller(shell, isSilent);
  for (;;) {
    const answer = await answerOf({ url, signal, path: `${PATH}/progress`, form: progressForm });
    if (signal.aborted) return stopRun(shell);
    if (answer.kind === "none") return tellTrouble(shell, answer);
    const isOver = OVER.has(answer.read.status);
    tell(answer.read, isOver);
    if (isOver) return endOf(shell, answer.read);
    if (await pause(shell, LOOK_EVERY_MS)) return stopRun(shell);
  }
}

const endOf = (shell: Shell, { status, error }: z.output<typeof progressForm>): number =>
  status === "error" ? complain(shell, error ?? "the run failed") : DONE;

/** Tells each state once. */
function createTeller(
  shell: Shell,
  isSilent: boolean,
): (progress: z.output<typeof progressForm>, isOver: boolean) => void {
  if (isSilent) return () => undefined;
  const isTerminal = canDraw(shell);
  let said = "";
  return (progress, isOver) => {
    const line = progressText(progress, isTerminal);
    if (line !== said) shell.print(drawn(line, isTerminal ? pageOf(shell).width : undefined));
    said = line;
    if (isTerminal && isOver) shell.print("\n");
  };
}

/** On a terminal a line is drawn over the one before it. */
const drawn = (line: string, width: number | undefined): string =>
  width === undefined ? `${line}\n` : `\r${cutText(line, width - 1)}\u001b[K`;

/** Where nothing can be drawn anew, a line tells the phase only, or there would be one each second. */
function progressText(progress: z.output<typeof progressForm>, isTerminal: boolean): string {
  const { status, phase, elapsed, requests_completed: done, requests_failed: failed, tok_per_sec: speed } = progress;
  const { pull_progress: pull } = progress;
  const what = pull == null ? (phase ?? status) : `pulling ${pull.model} on ${pull.node_id} ${pull.pct ?? 0} %`;
  if (!isTerminal) return harmlessText(pull == null ? what : `pulling ${pull.model} on ${pull.node_id}`);
  const numbers = [
    elapsed == null ? "" : clockOf(elapsed),
    done == null ? "" : `${done} done`,
    failed ? `${failed} failed` : "",
    speed == null ? "" : `${Math.round(speed)} tokens/s`,
  ];
  return harmlessText([what, ...numbers].filter((part) => part !== "").join(" · "));
}

/** Who stops the command ends what it has begun; the shell's own signal cannot carry that call any more. */
async function stopRun(shell: Shell): Promise<number> {
  const answer = await askRouter({ url: shell.url, path: `${PATH}/cancel`, method: "POST", body: {} });
  shell.complain(
    answer.kind === "answer" ? "\nherd: the run is cancelled\n" : "\nherd: stopped; herd bench cancel ends the run\n",
  );
  return STOPPED;
}

async function printRun(shell: Shell, id: string, isJson: boolean): Promise<number> {
  const found = await runOf(shell, id);
  if (found.kind === "none") return tellTrouble(shell, found);
  shell.print(isJson ? `${jsonText(found.content)}\n` : `\n${runText(found.run, pageOf(shell))}`);
  return DONE;
}

/** Ends the run that is under way. */
export async function cancelBench({ shell, flags }: Order): Promise<number> {
  const { url, signal } = shell;
  const form = z.object({ status: z.string() });
  const answer = await answerOf({ url, signal, path: `${PATH}/cancel`, method: "POST", body: {}, form });
  if (answer.kind === "none") return tellTrouble(shell, answer);
  if (flags["json"] === true) shell.print(`${jsonText(answer.content)}\n`);
  else shell.print(answer.read.status === "cancelled" ? "the run is cancelled\n" : "no run is under way\n");
  return DONE;
}
