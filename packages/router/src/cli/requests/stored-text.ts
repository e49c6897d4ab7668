import { durationOf, harmlessText, table } from "@herd/shared/terminal";
import { z } from "zod";
import type { Page } from "../frame/shell.ts";
import { statusOf, timeOf, traceRowForm } from "./trace-row.ts";

const attemptForm = z.object({
  attempt: z.number(),
  node_id: z.string().catch(""),
  model: z.string().catch(""),
  ended_ms: z.number().nullish().catch(undefined),
  first_byte_ms: z.number().nullish().catch(undefined),
  http_status: z.number().nullish().catch(undefined),
  failure_class: z.string().nullish().catch(undefined),
  error_message: z.string().nullish().catch(undefined),
  decision: z.record(z.string(), z.unknown()).nullish().catch(undefined),
});

type StoredAttempt = z.infer<typeof attemptForm>;

/** `GET /dashboard/api/traces/ID`, as far as it is shown. */
export const storedTrace = z.object({
  trace: traceRowForm,
  attempts: z.array(attemptForm).catch([]),
});

/** One stored request with its attempts. */
export type StoredTrace = z.infer<typeof storedTrace>;

/** How a request ended, in a line; one more for each attempt that failed. */
export function endText({ trace, attempts }: StoredTrace, { paint }: Page): string {
  const failures = attempts.flatMap(({ attempt, node_id, failure_class, error_message }) =>
    failure_class == null && error_message == null
      ? []
      : [`  attempt ${attempt} on ${node_id || "no machine"} failed: ${error_message ?? failure_class}\n`],
  );
  const { text, tone } = statusOf(trace);
  const took = time(trace.latency_ms);
  const facts = [took === undefined ? "" : `after ${took}`, failures.length === 0 ? trace.error_message : ""];
  const rest = facts.filter(Boolean).map((fact) => harmlessText(String(fact)));
  return `\nended: ${[paint(harmlessText(text), tone), ...rest].join(", ")}\n${failures.map((line) => `${harmlessText(line.trimEnd())}\n`).join("")}`;
}

/** What the database keeps of a request whose decisions are not in memory any more. */
export function storedText({ trace, attempts }: StoredTrace, page: Page): string {
  const { paint } = page;
  const facts: readonly (readonly [string, string | number | null | undefined])[] = [
    ["asked for", trace.original_model],
    ["answered by", [trace.model, trace.node_id || "nobody"].join(" on ")],
    ["endpoint", trace.endpoint],
    ["waited", time(trace.queue_wait_ms)],
    ["load", time(trace.load_ms)],
    ["prompt", time(trace.prefill_ms)],
    ["output", time(trace.decode_ms)],
    ["first byte", time(trace.time_to_first_token_ms)],
    ["in all", time(trace.latency_ms)],
    [
      "tokens",
      trace.completion_tokens == null ? undefined : `${trace.prompt_tokens ?? "?"} in, ${trace.completion_tokens} out`,
    ],
    ["error", trace.error_message],
  ];
  const head = paint(
    harmlessText(`request ${trace.request_id}: ${trace.status}, ${timeOf(trace.timestamp, page.now)}`),
    "strong",
  );
  const lines = facts.flatMap(([name, value]) =>
    value === undefined || value === null || value === ""
      ? []
      : [`  ${name.padEnd(12)} ${harmlessText(String(value))}\n`],
  );
  const rest =
    attempts.length === 0 ? "\nNo attempt is stored: it never reached a machine.\n" : attemptsText(attempts, page);
  const note = "\nIts candidates are not kept any more (setting decisions_kept); this is what the database keeps.\n";
  return [`${head}\n`, ...lines, rest, paint(note, "quiet")].join("");
}

const time = (milliseconds: number | null | undefined): string | undefined =>
  milliseconds == null ? undefined : durationOf(milliseconds);

function attemptsText(attempts: readonly StoredAttempt[], { width, paint }: Page): string {
  const rows = attempts.map((one) => [
    String(one.attempt),
    one.node_id,
    one.model,
    time(one.first_byte_ms) ?? "-",
    time(one.ended_ms) ?? "-",
    one.http_status == null ? "-" : String(one.http_status),
    one.failure_class ?? one.error_message ?? "",
  ]);
  const columns = [
    { title: "ATTEMPT", side: "right" as const },
    { title: "NODE", least: 8 },
    { title: "MODEL", least: 8 },
    { title: "FIRST BYTE", side: "right" as const, goesAt: 1 },
    { title: "TOOK", side: "right" as const },
    { title: "STATUS", side: "right" as const, goesAt: 2 },
    { title: "FAILURE", least: 10 },
  ];
  const why = attempts.flatMap(({ attempt, decision }) => decisionLines(attempt, decision));
  return `\n${table({ columns, rows, width, paint })}${why.join("")}`;
}

/** The short form of a decision, whatever it holds: names with their values. */
function decisionLines(attempt: number, decision: StoredAttempt["decision"]): readonly string[] {
  if (decision === null || decision === undefined) return [];
  const words = Object.entries(decision).map(([name, value]) => `${name.replaceAll("_", " ")}: ${shortOf(value)}`);
  return [harmlessText(`  decision ${attempt}: ${words.join(" · ")}`), "\n"];
}

function shortOf(value: unknown): string {
  if (typeof value === "number") return String(Math.round(value * 10) / 10);
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(shortOf).join(", ") || "none";
  if (typeof value === "object" && value !== null)
    return (
      Object.entries(value)
        .map(([name, inner]) => `${name} ${shortOf(inner)}`)
        .join(" ") || "none"
    );
  return String(value);
}
