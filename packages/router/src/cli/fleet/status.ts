import { type FleetStatus, fleetStatus } from "@herd/shared";
import { answerOf } from "../asking/answer-of.ts";
import { type Seen, show } from "../asking/look.ts";
import type { Trouble } from "../asking/trouble.ts";
import type { Command } from "../frame/command.ts";
import type { Shell } from "../frame/shell.ts";
import { jsonFlag, routerUrlFlag, showingOf, watchFlag } from "../frame/usual-flags.ts";
import { statusText } from "./status-text.ts";

/** `herd status`. */
export const statusCommand: Command = {
  words: ["status"],
  summary: "the machines and what they do",
  about:
    "Machines with their state, memory and models; lanes (a model on a machine) that are or were in use; and what is odd, with what to do about it. On a narrow terminal the least needed columns are left out.",
  flags: [jsonFlag, watchFlag, routerUrlFlag],
  examples: [
    ["herd status", "once"],
    ["herd status --watch", "drawn in place until q"],
    ["herd status --port 12000", "the router of this machine on another port"],
    ["herd status --router-url http://router:11435", "another machine's router"],
    ["herd status --json", "everything that is known, for programs"],
    ["NO_COLOR=1 herd status", "without colours; a pipe gets none anyway"],
  ],
  exits: [[0, "the router answered, whatever state the machines are in"]],
  run: (order) => show(order.shell, () => look(order.shell), showingOf(order)),
};

async function look(shell: Shell): Promise<Seen | Trouble> {
  const answer = await fleetAnswer(shell);
  if (answer.kind === "none") return answer;
  return { kind: "seen", content: answer.content, text: (page) => statusText(answer.read, page) };
}

/** The fleet as the router sees it now. */
export const fleetAnswer = ({ url, signal }: Pick<Shell, "url" | "signal">) =>
  answerOf<FleetStatus>({ url, signal, path: "/fleet/status", form: fleetStatus });
