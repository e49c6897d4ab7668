import { type Column, durationOf, harmlessText, table } from "@herd/shared/terminal";
import type { Page } from "../frame/shell.ts";
import { timeOf } from "../requests/trace-row.ts";
import type { Run } from "./bench-forms.ts";
import { saturationText } from "./saturation-text.ts";

const right = { side: "right" } as const;

const columns: readonly Column[] = [
  { title: "RUN", least: 18 },
  { title: "TIME" },
  { title: "MODE", goesAt: 4 },
  { title: "STATUS", goesAt: 3 },
  { title: "TOOK", ...right, goesAt: 5 },
  { title: "REQUESTS", ...right },
  { title: "FAILED", ...right },
  { title: "TOKENS/S", ...right },
  { title: "FIRST TOKEN", ...right, goesAt: 2 },
  { title: "P95", ...right, goesAt: 1 },
];

const count = (value: number | null | undefined): string => (value == null ? "-" : String(Math.round(value * 10) / 10));
const took = (value: number | null | undefined): string => (value == null ? "-" : durationOf(value));

/** Runs as a table. */
export function runsText(runs: readonly Run[], { width, paint, now, typed }: Page): string {
  if (runs.length === 0) return typed("No run is stored yet. Make one: herd bench start\n");
  const rows = runs.map((run) => [
    run.run_id,
    timeOf(run.timestamp, now),
    run.mode ?? "-",
    { text: run.status ?? "-", tone: run.status === "error" ? ("bad" as const) : undefined },
    run.duration_s == null ? "-" : durationOf(run.duration_s * 1000),
    count(run.total_requests),
    { text: count(run.total_failures), tone: (run.total_failures ?? 0) > 0 ? ("bad" as const) : undefined },
    count(run.tokens_per_sec),
    took(run.ttft_p50_ms),
    took(run.latency_p95_ms),
  ]);
  return table({ columns, rows, width, paint });
}

/** One run with its models and machines. */
export function runText(run: Run, page: Page): string {
  const { paint } = page;
  const parts = [runsText([run], page)];
  if (run.error) parts.push(`${paint(harmlessText(run.error), "bad")}\n`);
  const lists = [
    ["models", run.per_model_results],
    ["machines", run.per_node_results],
  ] as const;
  for (const [title, rows] of lists)
    if (rows.length > 0) parts.push(`${paint(title, "strong")}\n${anyTable(rows, page)}`);
  const load = saturationText(run.saturation, page);
  return [...parts, ...(load === "" ? [] : [load])].join("\n");
}

type Member = Readonly<Record<string, unknown>>;

/** Records whose members nobody has fixed: a column for each name that holds a text or a number. */
function anyTable(rows: readonly Member[], { width, paint }: Page): string {
  const isPlain = (value: unknown): boolean => typeof value === "string" || typeof value === "number";
  const names = [...new Set(rows.flatMap((row) => Object.keys(row).filter((name) => isPlain(row[name]))))];
  const shown = names.map(
    (name, at): Column => ({
      title: TITLES[name] ?? harmlessText(name).replace(/_ms$/, "").replaceAll("_", " ").toUpperCase(),
      side: rows.some((row) => typeof row[name] === "string") ? "left" : "right",
      least: 8,
      ...(at < 3 ? {} : { goesAt: at }),
    }),
  );
  const cells = rows.map((row) => names.map((name) => cellOf(name, row[name])));
  return table({ columns: shown, rows: cells, width, paint });
}

const TITLES: Readonly<Record<string, string>> = {
  model_type: "KIND",
  node_id: "MACHINE",
  tok_s: "TOKENS/S",
  pct: "SHARE",
  avg_latency_ms: "MEAN TIME",
  avg_ttft_ms: "FIRST TOKEN",
};

function cellOf(name: string, value: unknown): string {
  if (typeof value === "number" && name.endsWith("_ms")) return durationOf(value);
  if (typeof value === "number") return name === "pct" ? `${count(value)} %` : count(value);
  return typeof value === "string" ? value : "-";
}

const CSV_COLUMNS = [
  "run_id",
  "timestamp",
  "mode",
  "status",
  "duration_s",
  "total_requests",
  "total_failures",
  "requests_per_sec",
  "tokens_per_sec",
  "latency_p50_ms",
  "latency_p95_ms",
  "ttft_p50_ms",
  "ttft_p95_ms",
] as const satisfies readonly (keyof Run)[];

/** Runs as CSV with a head line; a text that a spreadsheet could take for a formula gets a blank before it. */
export function csvOf(runs: readonly Run[]): string {
  const lines = runs.map((run) => CSV_COLUMNS.map((name) => csvCell(run[name])).join(","));
  return [CSV_COLUMNS.join(","), ...lines].map((line) => `${line}\r\n`).join("");
}

function csvCell(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "string") return "";
  const text = harmlessText(/^[=+\-@]/.test(value) ? ` ${value}` : value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
