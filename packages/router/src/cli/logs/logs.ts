import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type LogLevel, logLevels } from "@herd/shared";
import { followLog, type LogQuestion, readLog } from "@herd/shared/log-file";
import { jsonText } from "@herd/shared/terminal";
import { z } from "zod";
import { answerOf, pathWith } from "../asking/answer-of.ts";
import { readLines } from "../asking/read-lines.ts";
import { type Trouble, tellTrouble } from "../asking/trouble.ts";
import type { Command, Order } from "../frame/command.ts";
import { DONE } from "../frame/exit-codes.ts";
import { pageOf, type Shell, stoppedCode } from "../frame/shell.ts";
import { momentOf, sinceFlag } from "../frame/since-flag.ts";
import { choiceFlag, countFlag, nodeFlag, routerUrlFlag } from "../frame/usual-flags.ts";
import { logText } from "./log-text.ts";

const USUAL_LINES = 50;
const MOST_LINES = 10_000;

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
    sinceFlag,
    countFlag("--lines <count>", `how many (${USUAL_LINES} unless told; with --since ${MOST_LINES})`, [0, MOST_LINES]),
    { syntax: "--json", meaning: "each line as it stands in the file, for programs" },
    routerUrlFlag,
  ],
  examples: [
    ["herd logs", "the newest 50 lines"],
    ["herd logs --follow --level warning", "what goes wrong, as it happens"],
    ["herd logs --follow --request my-request-7", "all that happens to one request"],
    ["herd logs --since 1h --level error", "what failed in the last hour"],
    ["herd logs --json --lines 1000 | jq .msg", "for programs"],
  ],
  run: logs,
};

type Line = Readonly<Record<string, unknown>>;

async function logs(order: Order): Promise<number> {
  const { shell, flags } = order;
  let count = 0;
  const tell = (line: Line): void => {
    count += 1;
    shell.print(flags["json"] === true ? `${jsonText(line, 0)}\n` : logText(line, pageOf(shell)));
  };
  const code = await tellLines(order, tell);
  if (code === DONE && count === 0 && flags["follow"] !== true)
    shell.complain("herd: no line of the log is like that\n");
  return code;
}

async function tellLines(order: Order, tell: (line: Line) => void): Promise<number> {
  const { shell, flags } = order;
  const trouble = flags["follow"] === true ? await follow(order, tell) : await once(order, tell);
  if (trouble === undefined) return DONE;
  const isReadable = trouble.reason === "unreachable" && flags["routerUrl"] === undefined && existsSync(fileOf(shell));
  return isReadable ? readFile(order, tell) : tellTrouble(shell, trouble);
}

const pathOf = (order: Order): string =>
  pathWith("/dashboard/api/logs", {
    lines: linesOf(order.flags),
    level: order.flags["level"] as string | undefined,
    request_id: order.flags["request"] as string | undefined,
    node_id: order.flags["node"] as string | undefined,
    since: momentOf(order),
    follow: order.flags["follow"] === true ? true : undefined,
  });

/** Who says from when on wants all since then. */
const linesOf = ({ lines, since }: Order["flags"]): number =>
  (lines as number | undefined) ?? (since === undefined ? USUAL_LINES : MOST_LINES);

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
const fileOf = ({ dataDir }: Shell): string => join(dataDir, "logs", "herd.jsonl");

async function readFile(order: Order, tell: (line: Line) => void): Promise<number> {
  const { shell, flags } = order;
  const since = momentOf(order);
  const question: LogQuestion = {
    directory: dirname(fileOf(shell)),
    name: basename(fileOf(shell)),
    level: flags["level"] as LogLevel | undefined,
    requestId: flags["request"] as string | undefined,
    nodeId: flags["node"] as string | undefined,
    since: since === undefined ? undefined : since * 1000,
  };
  shell.complain(`herd: no router answers at ${shell.url}; this is ${fileOf(shell)}\n`);
  const lines = linesOf(flags);
  if (flags["follow"] === true) await followLog(question, { lines, signal: shell.signal, take: tell });
  else for (const line of (await readLog(question, lines)).lines) tell(line);
  return shell.signal.aborted ? stoppedCode(shell) : DONE;
}
