import { table } from "@herd/shared/terminal";
import { z } from "zod";
import { answerOf } from "../asking/answer-of.ts";
import { type Seen, show } from "../asking/look.ts";
import type { Trouble } from "../asking/trouble.ts";
import type { Command } from "../frame/command.ts";
import { canDraw, type Page, type Shell } from "../frame/shell.ts";
import { jsonFlag, routerUrlFlag, secondsFlag } from "../frame/usual-flags.ts";
import { type TraceRow, traceCells, traceColumns, traceRows } from "../requests/trace-row.ts";
import { fleetAnswer } from "./status.ts";
import { statusText } from "./status-text.ts";

const SHOWN_REQUESTS = 12;
const USUAL_S = 1;

/** `herd top`. */
export const topCommand: Command = {
  words: ["top"],
  summary: "machines, lanes and the newest requests, live",
  about:
    "Drawn in place; q, Escape or Ctrl-C end it and bring the terminal back as it was, any other key looks at once. Where the output is no terminal, the picture is printed once.",
  flags: [
    { syntax: "--once", meaning: "print the picture once" },
    secondsFlag("--every <seconds>", "time between two looks (1 s unless told)"),
    jsonFlag,
    routerUrlFlag,
  ],
  examples: [
    ["herd top", "live"],
    ["herd top --every 5", "a calmer picture"],
    ["herd top --once", "one picture, for a log or a mail"],
  ],
  run: ({ shell, flags }) => {
    const isLive = flags["once"] !== true && flags["json"] !== true && canDraw(shell);
    const everyS = isLive ? ((flags["every"] as number | undefined) ?? USUAL_S) : undefined;
    return show(shell, () => look(shell), { isJson: flags["json"] === true, everyS });
  },
};

async function look(shell: Shell): Promise<Seen | Trouble> {
  const { url, signal } = shell;
  const path = `/dashboard/api/traces?limit=${SHOWN_REQUESTS}`;
  const [fleet, traces] = await Promise.all([
    fleetAnswer(shell),
    answerOf({ url, signal, path, form: z.object({ traces: traceRows }) }),
  ]);
  if (fleet.kind === "none") return fleet;
  // A router that cannot tell its requests still tells its machines.
  const rows = traces.kind === "answer" ? traces.read.traces : [];
  return {
    kind: "seen",
    content: { ...(fleet.content as object), traces: traces.kind === "answer" ? rows : null },
    text: (page) => statusText(fleet.read, page) + requestsText(rows, page),
  };
}

function requestsText(rows: readonly TraceRow[], { width, paint, now }: Page): string {
  if (rows.length === 0) return "";
  return `\n${table({ columns: traceColumns, rows: rows.map((row) => traceCells(row, now)), width, paint })}`;
}
