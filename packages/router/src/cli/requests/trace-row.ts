import { type Cell, type Column, durationOf, type Tone } from "@herd/shared/terminal";
import { z } from "zod";

const amount = z.number().nullish().catch(undefined);
const words = z.string().nullish().catch(undefined);

/** One stored request, as far as it is shown. Routers of any version tell more or less of it. */
export const traceRowForm = z.object({
  request_id: z.string(),
  model: z.string().catch(""),
  node_id: z.string().nullish().catch(undefined),
  status: z.string().catch("unknown"),
  timestamp: z.number().catch(0),
  latency_ms: amount,
  time_to_first_token_ms: amount,
  prompt_tokens: amount,
  completion_tokens: amount,
  tokens_per_s: amount,
  queue_wait_ms: amount,
  load_ms: amount,
  prefill_ms: amount,
  decode_ms: amount,
  retry_count: amount,
  http_status: amount,
  original_model: words,
  endpoint: words,
  error_message: words,
  error_code: words,
  finish_reason: words,
  client_ip: words,
  original_format: words,
  simulated: z.boolean().optional().catch(undefined),
});

/** Rows of the form above; others are left out. */
export const traceRows = z
  .array(z.unknown())
  .transform((rows) => rows.flatMap((row) => traceRowForm.safeParse(row).data ?? []));

/** One stored request. */
export type TraceRow = z.infer<typeof traceRowForm>;

/** Columns of the table of requests. */
export const traceColumns: readonly Column[] = [
  { title: "TIME" },
  { title: "STATUS" },
  { title: "MODEL", least: 14 },
  { title: "ON", least: 10 },
  { title: "TOOK", side: "right" },
  { title: "WAITED", side: "right", goesAt: 4 },
  { title: "FIRST", side: "right", goesAt: 3 },
  { title: "TOKENS", side: "right", goesAt: 5 },
  { title: "PER S", side: "right", goesAt: 6 },
  // A part of an id is of no use to anybody.
  { title: "REQUEST", goesAt: 1 },
  { title: "ERROR", least: 10, goesAt: 2 },
];

/** One request as a row of that table. */
export function traceCells(row: TraceRow, now: number): readonly Cell[] {
  const error = row.error_message ?? row.error_code ?? "";
  const { text, tone } = statusOf(row);
  return [
    timeOf(row.timestamp, now),
    { text, tone },
    { text: row.model || "-", tone: row.simulated === true ? "quiet" : undefined },
    row.node_id === "" || row.node_id == null ? "-" : row.node_id,
    took(row.latency_ms),
    took(row.queue_wait_ms),
    took(row.time_to_first_token_ms),
    row.completion_tokens == null ? "-" : `${row.prompt_tokens ?? "?"}→${row.completion_tokens}`,
    speedOf(row.tokens_per_s),
    row.request_id,
    { text: error, tone: error === "" ? undefined : tone },
  ];
}

const speedOf = (perSecond: number | null | undefined): string =>
  perSecond == null ? "-" : perSecond.toFixed(perSecond < 10 ? 1 : 0);

const took = (milliseconds: number | null | undefined): string =>
  milliseconds == null ? "-" : durationOf(milliseconds);

const DAY_MS = 86_400_000;

/** The time of day; older ones with their date. */
export function timeOf(seconds: number, now: number): string {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return "-";
  const time = at.toTimeString().slice(0, 8);
  if (now - at.getTime() < DAY_MS / 2 && at.getDate() === new Date(now).getDate()) return time;
  const two = (count: number): string => String(count).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time.slice(0, 5)}`;
}

const STATUSES: Readonly<Record<string, readonly [string, Tone]>> = {
  completed: ["done", "good"],
  no_output: ["no output", "warning"],
  failed: ["failed", "bad"],
  incomplete: ["broken off", "bad"],
  client_disconnected: ["client left", "quiet"],
  retried: ["retried", "quiet"],
};

/** How a request ended, in words. */
export function statusOf({ status }: TraceRow): { readonly text: string; readonly tone: Tone } {
  const [text, tone] = STATUSES[status] ?? [status, "warning"];
  return { text, tone };
}
