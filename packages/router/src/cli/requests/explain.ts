import { decisions } from "@herd/shared";
import { z } from "zod";
import { answerOf } from "../asking/answer-of.ts";
import { askRouter } from "../asking/ask-router.ts";
import { type Seen, show } from "../asking/look.ts";
import type { Trouble } from "../asking/trouble.ts";
import type { Command } from "../frame/command.ts";
import type { Shell } from "../frame/shell.ts";
import { jsonFlag, routerUrlFlag, showingOf } from "../frame/usual-flags.ts";
import { explanationText } from "./explanation-text.ts";
import { storedText, storedTrace } from "./stored-text.ts";
import { traceRows } from "./trace-row.ts";

/** `herd explain`. */
export const explainCommand: Command = {
  words: ["explain"],
  summary: "why a request went where it went",
  about:
    "Tells of each attempt which machines were considered, what every signal added to their points, and who was left out and why. The newest requests are kept whole; of older ones the winner, the runner-up and the counts of the rejected are stored, and shown.",
  arguments: [
    {
      name: "REQUEST_ID",
      meaning: "the id from the X-Request-Id header or herd traces; the newest request when left out",
      isOptional: true,
      completes: "requests",
    },
  ],
  flags: [jsonFlag, routerUrlFlag],
  examples: [
    ["herd explain", "the newest request"],
    ["herd explain my-request-7", "the request with this X-Request-Id"],
    ["herd explain --json --router-url router", "another machine's newest, for programs"],
  ],
  exits: [[1, "no router answered, or it knows no such request"]],
  run: (order) => show(order.shell, () => look(order.shell, order.words[0] ?? "last"), showingOf(order)),
};

async function look({ url, signal }: Shell, id: string): Promise<Seen | Trouble> {
  const kept = await answerOf({ url, signal, path: `/fleet/decisions/${encodeURIComponent(id)}`, form: decisions });
  if (kept.kind === "answer")
    return { kind: "seen", content: kept.content, text: (page) => explanationText(kept.read, page) };
  if (kept.status !== 404 && kept.reason !== "missing") return kept;
  const asked = id === "last" ? await newestId({ url, signal }) : id;
  if (asked === undefined) return kept;
  const path = `/dashboard/api/traces/${encodeURIComponent(asked)}`;
  const stored = await answerOf({ url, signal, path, form: storedTrace });
  if (stored.kind === "none") return stored.reason === "missing" ? kept : stored;
  return { kind: "seen", content: stored.content, text: (page) => storedText(stored.read, page) };
}

/** A router that was started anew keeps no decision, but knows its last request. */
async function newestId({ url, signal }: Pick<Shell, "url" | "signal">): Promise<string | undefined> {
  const answer = await askRouter({ url, signal, path: "/dashboard/api/traces?limit=1" });
  const read = z.object({ traces: traceRows }).safeParse(answer.kind === "answer" ? answer.content : undefined);
  return read.success ? read.data.traces[0]?.request_id : undefined;
}
