import { decisions, nearestName } from "@herd/shared";
import { z } from "zod";
import { answerOf } from "../asking/answer-of.ts";
import { askRouter } from "../asking/ask-router.ts";
import { type Seen, show } from "../asking/look.ts";
import type { Trouble } from "../asking/trouble.ts";
import type { Command } from "../frame/command.ts";
import type { Page, Shell } from "../frame/shell.ts";
import { jsonFlag, routerUrlFlag, showingOf } from "../frame/usual-flags.ts";
import { explanationText } from "./explanation-text.ts";
import { endText, type StoredTrace, storedText, storedTrace } from "./stored-text.ts";
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
  if (kept.kind === "answer") {
    const end = await endOf({ url, signal }, kept.read.request_id);
    const text = (page: Page): string =>
      explanationText(kept.read, page) + (end === undefined ? "" : endText(end, page));
    return { kind: "seen", content: kept.content, text };
  }
  if (kept.status !== 404 && kept.reason !== "missing") return kept;
  const known = await newestIds({ url, signal });
  const asked = id === "last" ? known[0] : id;
  if (asked === undefined) return nothingYet(kept);
  const path = `/dashboard/api/traces/${encodeURIComponent(asked)}`;
  const stored = await answerOf({ url, signal, path, form: storedTrace });
  if (stored.kind === "none") return unknownRequest(stored.reason === "missing" ? kept : stored, asked, known);
  return { kind: "seen", content: stored.content, text: (page) => storedText(stored.read, page) };
}

/** How it ended; undefined while it has not, or where nobody knows. */
async function endOf({ url, signal }: Pick<Shell, "url" | "signal">, id: string): Promise<StoredTrace | undefined> {
  const path = `/dashboard/api/traces/${encodeURIComponent(id)}`;
  const stored = await answerOf({ url, signal, path, form: storedTrace });
  return stored.kind === "answer" ? stored.read : undefined;
}

/** Ids among which a mistyped one is looked for. */
const COMPARED = 200;

/** The ids of the newest requests, newest first: a router that was started anew keeps no decision, but knows its last request. */
async function newestIds({ url, signal }: Pick<Shell, "url" | "signal">): Promise<readonly string[]> {
  const answer = await askRouter({ url, signal, path: `/dashboard/api/traces?limit=${COMPARED}` });
  const read = z.object({ traces: traceRows }).safeParse(answer.kind === "answer" ? answer.content : undefined);
  return read.success ? [...new Set(read.data.traces.map((row) => row.request_id))] : [];
}

const nothingYet = (trouble: Trouble): Trouble => ({
  ...trouble,
  why: "there is no request to explain yet: none has ended since records are kept",
  fix: "send one, then ask again: herd explain",
});

/** Who mistypes an id means one that is alike. */
function unknownRequest(trouble: Trouble, id: string, known: readonly string[]): Trouble {
  if (trouble.status !== 404) return trouble;
  const nearest = nearestNames(id, known, 3);
  const fix =
    nearest.length === 0
      ? "herd traces lists the newest"
      : `did you mean: ${nearest.join(", ")}? herd traces lists the newest`;
  return { ...trouble, why: `no request '${id}' is known`, fix };
}

/** The nearest names, the nearest first. */
function nearestNames(name: string, names: readonly string[], count: number): readonly string[] {
  const nearest = count === 0 ? undefined : nearestName(name, names);
  if (nearest === undefined) return [];
  const rest = names.filter((one) => one !== nearest);
  return [nearest, ...nearestNames(name, rest, count - 1)];
}
