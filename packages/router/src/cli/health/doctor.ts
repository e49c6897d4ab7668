import { answerOf } from "../asking/answer-of.ts";
import { type Seen, show } from "../asking/look.ts";
import { type Trouble, tellTrouble } from "../asking/trouble.ts";
import type { Command, Order } from "../frame/command.ts";
import { DONE, FAILED, STOPPED } from "../frame/exit-codes.ts";
import type { Shell } from "../frame/shell.ts";
import { jsonFlag, routerUrlFlag, showingOf, watchFlag } from "../frame/usual-flags.ts";
import { doctorText, type HealthReport, healthReport } from "./doctor-text.ts";

/** No router answered, or it told no findings: nothing is known of the fleet's health. */
const UNKNOWN = 5;

/** `herd doctor`. */
export const doctorCommand: Command = {
  words: ["doctor"],
  summary: "what is wrong with the fleet, why it matters, and what to do about it",
  about:
    "Runs every check of the router: critical findings first, then warnings, then what is worth knowing; each with its reason and its fix, as a command where there is one.",
  flags: [
    { syntax: "--strict", meaning: "what is only worth knowing counts as wrong, too" },
    jsonFlag,
    watchFlag,
    routerUrlFlag,
  ],
  examples: [
    ["herd doctor", "once"],
    ["herd doctor --watch 10", "until q; on a screen on the wall, for example"],
    ["herd doctor --json", "for programs"],
    ["herd doctor > /dev/null || mail -s herd me", "in a cron job: tells when something is wrong"],
  ],
  exits: [
    [0, "nothing is wrong"],
    [1, "something is wrong: a warning or worse; with --strict any finding that is not over"],
    [UNKNOWN, "no router answered, or it could not tell"],
  ],
  run: examine,
};

async function examine(order: Order): Promise<number> {
  const { shell, flags } = order;
  const showing = showingOf(order);
  if (showing.everyS !== undefined) return show(shell, () => look(shell, flags["strict"] === true), showing);
  const seen = await look(shell, flags["strict"] === true);
  if (seen.kind === "seen") return show(shell, async () => seen, showing);
  return tellTrouble(shell, seen) === STOPPED ? STOPPED : UNKNOWN;
}

/** A health run asks every node for what it knows, which takes a while. */
const LONGEST_RUN_MS = 30_000;

async function look({ url, signal }: Shell, isStrict: boolean): Promise<Seen | Trouble> {
  const question = { url, signal, path: "/dashboard/api/health", withinMs: LONGEST_RUN_MS };
  const answer = await answerOf({ ...question, form: healthReport });
  if (answer.kind === "none") return answer;
  return {
    kind: "seen",
    content: answer.content,
    text: (page) => doctorText(answer.read, page),
    exitCode: isWell(answer.read, isStrict) ? DONE : FAILED,
  };
}

/** What somebody took note of and what is over are not wrong any more. */
const isWell = ({ recommendations }: HealthReport, isStrict: boolean): boolean =>
  recommendations.every((one) => one.isOver || one.isSilenced || (one.severity === "info" && !isStrict));
