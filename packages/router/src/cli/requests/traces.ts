import { type Column, jsonText, padText, table } from "@herd/shared/terminal";
import { z } from "zod";
import { answerOf, pathWith } from "../asking/answer-of.ts";
import { type Seen, show } from "../asking/look.ts";
import { type Trouble, tellTrouble } from "../asking/trouble.ts";
import type { Command, Order } from "../frame/command.ts";
import { type Page, pageOf, pause, type Shell, stoppedCode } from "../frame/shell.ts";
import { momentOf, sinceFlag } from "../frame/since-flag.ts";
import { countFlag, jsonFlag, modelFlag, nodeFlag, routerUrlFlag, showingOf, watchFlag } from "../frame/usual-flags.ts";
import { createSeenRows, type SeenRows } from "./seen-rows.ts";
import { type TraceRow, traceCells, traceColumns, traceRows } from "./trace-row.ts";

const USUAL_LIMIT = 20;
const MOST_ROWS = 1000;

/** `herd traces`. */
export const tracesCommand: Command = {
  words: ["traces"],
  summary: "the newest requests: where they went, how long they took, what went wrong",
  flags: [
    { syntax: "--failed", meaning: "only those that failed or broke off" },
    { syntax: "--slow", meaning: "only slow ones" },
    { syntax: "--follow", meaning: "go on with new ones as they end, until Ctrl-C" },
    modelFlag("only this model's"),
    nodeFlag("only this machine's"),
    sinceFlag,
    countFlag("--limit <count>", `how many (${USUAL_LIMIT} unless told)`, [1, MOST_ROWS]),
    jsonFlag,
    watchFlag,
    routerUrlFlag,
  ],
  examples: [
    ["herd traces", "the newest 20, newest last"],
    ["herd traces --failed --since 1h", "what went wrong in the last hour"],
    ["herd traces --slow --model gemma3:4b", "the slow ones of one model"],
    ["herd traces --follow --node mac-mini", "each request of one machine as it ends"],
    ["herd traces --json --limit 1000", "for programs; with --follow one object per line"],
  ],
  run: (order) =>
    order.flags["follow"] === true ? follow(order) : show(order.shell, () => look(order), showingOf(order)),
};

function pathOf(order: Order, own: { readonly limit: number; readonly since?: number }): string {
  const { flags } = order;
  return pathWith("/dashboard/api/traces", {
    limit: own.limit,
    failed: flags["failed"] === true ? true : undefined,
    slow: flags["slow"] === true ? true : undefined,
    model: flags["model"] as string | undefined,
    node_id: flags["node"] as string | undefined,
    since: own.since ?? momentOf(order),
  });
}

const form = z.object({ traces: traceRows });

/** An older router knows fewer filters, and tells more than was asked for. */
const isWanted = ({ status }: TraceRow, { flags }: Order): boolean =>
  flags["failed"] !== true || status === "failed" || status === "incomplete";

async function look(order: Order): Promise<Seen | Trouble> {
  const { url, signal } = order.shell;
  const limit = (order.flags["limit"] as number | undefined) ?? USUAL_LIMIT;
  const answer = await answerOf({ url, signal, path: pathOf(order, { limit }), form });
  if (answer.kind === "none") return answer;
  const rows = answer.read.traces.filter((row) => isWanted(row, order)).toReversed();
  return {
    kind: "seen",
    content: answer.content,
    text: (page) => (rows.length === 0 ? emptyText(order, page) : tracesText(rows, page)),
  };
}

const FILTERS = ["failed", "slow", "model", "node", "since"] as const;

/** Nothing that fits is something else than nothing at all. */
function emptyText({ flags }: Order, { typed }: Page): string {
  const isFiltered = FILTERS.some((name) => flags[name] !== undefined);
  return isFiltered
    ? "No stored request is like that.\n"
    : typed("No request has ended yet. Once one has, it is here, and herd explain tells why it went where it went.\n");
}

const tracesText = (rows: readonly TraceRow[], { width, paint, now }: Page): string =>
  table({ columns: traceColumns, rows: rows.map((row) => traceCells(row, now)), width, paint });

/** How often it is looked for new requests. */
const LOOK_EVERY_MS = 1000;

/** Prints requests as they end. A router that is gone for a while is waited for. */
async function follow(order: Order): Promise<number> {
  const { shell, flags } = order;
  const seen = createSeenRows();
  const print = createPrinter(shell, flags["json"] === true);
  for (;;) {
    const answer = await newest(order, seen);
    if (shell.signal.aborted) return stoppedCode(shell);
    if (answer.kind === "answer")
      print(seen.newOf(answer.read.traces.filter((row) => isWanted(row, order)).toReversed(), shell.now() / 1000));
    else if (seen.isEmpty() || answer.reason !== "unreachable") return tellTrouble(shell, answer);
    if (await pause(shell, LOOK_EVERY_MS)) return stoppedCode(shell);
  }
}

function newest(order: Order, seen: SeenRows) {
  const { url, signal } = order.shell;
  const limit = seen.isEmpty() ? ((order.flags["limit"] as number | undefined) ?? USUAL_LIMIT) : MOST_ROWS;
  return answerOf({ url, signal, path: pathOf(order, { limit, ...seen.since() }), form });
}

/** The first lines have a head. */
function createPrinter(shell: Shell, isJson: boolean): (rows: readonly TraceRow[]) => void {
  let isFirst = true;
  return (rows) => {
    if (isJson) for (const row of rows) shell.print(`${jsonText(row, 0)}\n`);
    else {
      const { width, paint, now } = pageOf(shell);
      const text = table({ columns: steadyColumns, rows: rows.map((row) => traceCells(row, now)), width, paint });
      shell.print(isFirst ? text : text.slice(text.indexOf("\n") + 1));
    }
    isFirst = false;
  };
}

/** Widths that hold what is usual, so that lines that are printed one by one stand below each other. */
const STEADY: Readonly<Record<string, number>> = {
  TIME: 8,
  STATUS: 11,
  MODEL: 22,
  ON: 14,
  TOOK: 7,
  WAITED: 7,
  FIRST: 7,
  TOKENS: 10,
  "PER S": 5,
  REQUEST: 24,
};

const steadyColumns: readonly Column[] = traceColumns.map((column) => ({
  ...column,
  title: padText(column.title, STEADY[column.title] ?? 0, column.side),
}));
