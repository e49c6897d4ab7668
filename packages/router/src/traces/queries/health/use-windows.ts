import type { Connection } from "../../../storage/connection.ts";

/** Field of the answer to column of `usage_hourly`. */
const counts = {
  requests: "requests",
  completed: "completed",
  failed: "failed",
  incomplete: "incomplete",
  noOutput: "no_output",
  disconnected: "disconnected",
  retries: "retries",
  fallbacks: "fallbacks",
  ttftMs: "ttft_ms",
  ttftCount: "ttft_count",
  loads: "loads",
  loadMs: "load_ms",
  coldLoads: "cold_loads",
  timeouts: "timeouts",
  queueWaitMs: "queue_wait_ms",
  latencyMs: "latency_ms",
  latencyCount: "latency_count",
} as const;

type Counts = Readonly<Record<keyof typeof counts, number>>;
const fields = Object.keys(counts) as readonly (keyof typeof counts)[];

/** Both moments are Unix epoch seconds; hours that begin at or after them count. */
export interface WindowsQuestion {
  readonly daySince: number;
  readonly recentSince: number;
}

/** Cells of one answer at most. */
const MOST_CELLS = 2000;

/** What was used since two moments, per node, model and kind; real work only. */
export function createUseWindows(connection: Connection) {
  const sums = fields.map(
    (field) =>
      `SUM(${counts[field]}) AS day_${field}, SUM(CASE WHEN hour >= @recentSince THEN ${counts[field]} ELSE 0 END) AS recent_${field}`,
  );
  const select = connection.prepare<[WindowsQuestion], Readonly<Record<string, string | number>>>(
    `SELECT node_id, model, kind, ${sums.join(", ")} FROM usage_hourly
     WHERE hour >= @daySince AND traffic = '' GROUP BY node_id, model, kind ORDER BY day_requests DESC LIMIT ${MOST_CELLS}`,
  );
  return (question: WindowsQuestion) =>
    select.all(question).map((row) => ({
      nodeId: String(row["node_id"]),
      model: String(row["model"]),
      kind: String(row["kind"]),
      day: countsOf(row, "day"),
      recent: countsOf(row, "recent"),
    }));
}

function countsOf(row: Readonly<Record<string, string | number>>, window: "day" | "recent"): Counts {
  return Object.fromEntries(fields.map((field) => [field, Number(row[`${window}_${field}`] ?? 0)])) as Counts;
}
