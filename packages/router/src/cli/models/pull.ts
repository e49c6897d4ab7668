import { bytesOf, harmlessText, progressLine } from "@herd/shared/terminal";
import { readLines } from "../asking/read-lines.ts";
import { strangerAt } from "../asking/stranger-at.ts";
import { complain, type Trouble, tellTrouble } from "../asking/trouble.ts";
import { type Answerer, whoAnswers } from "../asking/who-answers.ts";
import type { Command, Order } from "../frame/command.ts";
import { DONE, STOPPED } from "../frame/exit-codes.ts";
import { canDraw, pageOf, type Shell } from "../frame/shell.ts";
import { nodeFlag, routerUrlFlag } from "../frame/usual-flags.ts";
import { followPull, type PullProgress } from "./pull-progress.ts";

/** A node may be silent while it checks what it has, ms; who does not even say who it is, is not waited for as long. */
const silenceOf = ({ kind }: Answerer): number => (kind === "unknown" ? 10_000 : 600_000);

/** `herd pull`. */
export const pullCommand: Command = {
  words: ["pull"],
  summary: "let a machine download a model",
  about:
    "Without --node the router chooses the machine with the most room. The progress of all layers is one bar with bytes, speed and the time that is left; where the output is no terminal, one line per tenth. Ctrl-C stops the download; pulling again goes on where it ended.",
  arguments: [{ name: "MODEL", meaning: "as Ollama's library names it, for example gemma3:4b", completes: "models" }],
  flags: [nodeFlag("the machine that shall have it"), routerUrlFlag],
  examples: [
    ["herd pull gemma3:4b", "on the machine with the most room"],
    ["herd pull gemma3:4b --node mac-mini", "on this one"],
  ],
  exits: [
    [0, "the machine said that it has the whole model"],
    [1, "no router answered, or the pull failed or broke off"],
  ],
  run: pull,
};

async function pull({ words, flags, shell }: Order): Promise<number> {
  const { url, signal } = shell;
  const model = words[0] ?? "";
  const who = await whoAnswers(url, signal);
  // It would download the model to itself, and no machine of the fleet would have it.
  if (who.kind === "ollama") return tellTrouble(shell, strangerAt(url, who));
  const node = flags["node"] as string | undefined;
  const pulling = followPull();
  const voice = createVoice(shell, pulling, model);
  const body = { model, ...(node === undefined ? {} : { node_id: node }), stream: true };
  const question = { url, signal, path: "/api/pull", method: "POST", body, withinMs: silenceOf(who) } as const;
  const trouble = await readLines(
    question,
    (record) => {
      pulling.take(record, shell.now());
      voice.tell();
    },
    (headers) => voice.begin(headers.get("x-fleet-node") ?? node),
  );
  voice.end();
  const isStrange = who.kind === "unknown" && trouble === undefined && !pulling.hasBegun();
  return endOf(shell, pulling, { model, trouble: isStrange ? strangerAt(url, who) : trouble, node: voice.node() });
}

interface End {
  readonly model: string;
  readonly trouble: Trouble | undefined;
  readonly node: string | undefined;
}

function endOf(shell: Shell, pulling: PullProgress, { model, trouble, node }: End): number {
  const name = harmlessText(model);
  if (trouble?.reason === "stopped") {
    shell.complain(`herd: stopped; herd pull ${name} goes on where it ended\n`);
    return STOPPED;
  }
  if (trouble !== undefined) return tellTrouble(shell, trouble);
  const error = pulling.error();
  if (error !== undefined) return complain(shell, error);
  const again = `herd pull ${model} goes on where it ended`;
  if (!pulling.isDone()) return complain(shell, `the pull ended before the node said that it is done`, again);
  shell.print(`${name} is ${node === undefined ? "there" : `on ${harmlessText(node)}`}\n`);
  return DONE;
}

/** Speaks of a pull while it runs: one line drawn anew on a terminal, else a line whenever there is something new to say. */
function createVoice(shell: Shell, pulling: PullProgress, model: string) {
  const isTerminal = canDraw(shell);
  let node: string | undefined;
  let [said, drawnAt] = ["", Number.NEGATIVE_INFINITY];
  const draw = (): void => {
    const { done, total } = pulling.progress("");
    const label = total > 0 && done < total ? model : `${model}: ${pulling.status()}`;
    shell.print(`\r${progressLine(pulling.progress(label), pageOf(shell).width - 1)}\u001b[K`);
  };
  const speak = (): void => {
    const line = plainLine(pulling);
    if (line !== said) shell.print(`${line}\n`);
    said = line;
  };
  return {
    node: () => node,
    begin: (name: string | undefined): void => {
      node = name ?? undefined;
      shell.print(`pulling ${harmlessText(model)}${node === undefined ? "" : ` on ${harmlessText(node)}`}\n`);
    },
    tell: (): void => {
      if (!isTerminal) speak();
      else if (shell.now() - drawnAt >= DRAW_EVERY_MS) {
        drawnAt = shell.now();
        draw();
      }
    },
    end: (): void => {
      if (isTerminal && drawnAt > 0) shell.print("\r\u001b[K");
    },
  };
}

const DRAW_EVERY_MS = 100;

function plainLine(pulling: PullProgress): string {
  const { done, total } = pulling.progress("");
  if (total <= 0) return harmlessText(pulling.status());
  const tenth = Math.floor((done / total) * 10) * 10;
  return tenth < 100 ? `${tenth} % of ${bytesOf(total)}` : harmlessText(pulling.status());
}
