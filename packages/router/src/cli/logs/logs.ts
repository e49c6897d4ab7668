import { join } from "node:path";
import { type LogLevel, logLevels } from "@herd/shared";
import { followLog, type LogQuestion, readLog } from "@herd/shared/log-file";
import { jsonText } from "@herd/shared/terminal";
import { z } from "zod";
import { answerOf, pathWith } from "../asking/answer-of.ts";
import { readLines } from "../asking/read-lines.ts";
import { type Trouble, tellTrouble } from "../asking/trouble.ts";
import type { Command, Order } from "../frame/command.ts";
import { DONE } from "../frame/exit-codes.ts";
import { pageOf, type Shell } from "../frame/shell.ts";
import { choiceFlag, countFlag, nodeFlag, routerUrlFlag } from "../frame/usual-flags.ts";
import { logText } from "./log-text.ts";

const USUAL_LINES = 50;

/** `herd logs`. */
export const logsCommand: Command = {
  words: ["logs"],
  summary: "the router's log: what happened, to which request, on which machine",
  about:
    "Asks the router; where none runs on this machine, the file in its data folder is read instead. Prompts and keys are in no line.",
  flags: [
    { syntax: "--follow", meaning: "go on with new lines, until Ctrl-C" },
    { syntax: "--request <id>", meaning: "only lines about this request, however old", completes: "requests" },
    nodeFlag("only lines about this machine"),
    choiceFlag("--level <level>", "only lines as grave as this: debug, info, warning, error, critical", logLevels),
    countFlag("--lines <count>", `how many (${USUAL_LINES} unless told)`, [0, 10_000]),
    { syntax: "--json", meaning: "each line as it stands in the file, for programs" },
    routerUrlFlag,
  ],
  examples: [
    ["herd logs", "the newest 50 lines"],
    ["herd logs --follow --level warning", "what goes wrong, as it happens"],
    ["herd logs --follow --request my-request-7", "all that happens to one request"],
    ["herd logs --json --lines 1000 | jq .msg", "for programs"],
  ],
  run: logs,
};

type Line = Readonly<Record<string, unknown>>;

async function logs(order: Order): Promise<number> {
  const { shell, flags } = order;
  const tell = (line: Line): void =>
    shell.print(flags["json"] === true ? `${jsonText(line, 0)}\n` : logText(line, pageOf(shell)));
  const trouble = flags["follow"] === true ? await follow(order, tell) : await once(order, tell);
  if (trouble === undefined || trouble.reason === "stopped") return DONE;
  if (trouble.reason !== "unreachable" || !isOwn(shell)) return tellTrouble(shell, trouble);
  return readFile(order, tell);
}

const pathOf = ({ flags }: Order): string =>
  pathWith("/dashboard/api/logs", {
    lines: linesOf(flags),
    level: flags["level"] as string | undefined,
    request_id: flags["request"] as string | undefined,
    node_id: flags["node"] as string | undefined,
    follow: flags["follow"] === true ? true : undefined,
  });

const linesOf = (flags: Order["flags"]): number => (flags["lines"] as number | undefined) ?? USUAL_LINES;

async function once(order: Order, tell: (line: Line) => void): Promise<Trouble | undefined> {
  const { url, signal } = order.shell;
  const form = z.object({ lines: z.array(z.record(z.string(), z.unknown())) });
  const answer = await answerOf({ url, signal, path: pathOf(order), form });
  if (answer.kind === "none") return answer;
  for (const line of answer.read.lines) tell(line);
  return undefined;
}

async function follow(order: Order, tell: (line: Line) => void): Promise<Trouble | undefined> {
  const { url, signal } = order.shell;
  let isBegun = false;
  const trouble = await readLines({ url, signal, path: pathOf(order) }, tell, () => {
    isBegun = true;
  });
  if (!isBegun || signal.aborted) return trouble;
  order.shell.complain("herd: the router has ended\n");
  return undefined;
}

/** The router of this machine keeps its log in a folder that this command may read. */
const isOwn = ({ url }: Shell): boolean => /^https?:\/\/(127\.|localhost[:/]?|\[::1\])/.test(url);

async function readFile({ shell, flags }: Order, tell: (line: Line) => void): Promise<number> {
  const directory = join(shell.dataDir, "logs");
  const question: LogQuestion = {
    directory,
    name: "herd.jsonl",
    level: flags["level"] as LogLevel | undefined,
    requestId: flags["request"] as string | undefined,
    nodeId: flags["node"] as string | undefined,
  };
  shell.complain(`herd: no router answers at ${shell.url}; this is ${join(directory, question.name)}\n`);
  const lines = linesOf(flags);
  if (flags["follow"] === true) await followLog(question, { lines, signal: shell.signal, take: tell });
  else for (const line of (await readLog(question, lines)).lines) tell(line);
  return DONE;
}
