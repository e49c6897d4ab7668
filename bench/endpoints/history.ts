import { execFile } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import openDatabase from "better-sqlite3";

/** Requests of a fleet, evenly over the last days. */
export interface HistoryPlan {
  readonly rows: number;
  readonly days: number;
}

/** Two runs to be listed, read and compared. */
export const RUN_IDS = ["bench-before", "bench-after"] as const;

const program = fileURLToPath(new URL("../programs/make-history.ts", import.meta.url));
/** Afterwards the last days have too few requests, ms. */
const KEPT_FOR_MS = 12 * 3_600_000;

/** Puts a copy of a history where a router finds it. Making one takes half a minute, so it is kept in the folder for temporary files. */
export async function copyHistory(plan: HistoryPlan, dataDir: string): Promise<void> {
  const file = await keptHistory(plan);
  mkdirSync(dataDir, { recursive: true });
  copyFileSync(file, join(dataDir, "latency.db"));
}

async function keptHistory({ rows, days }: HistoryPlan): Promise<string> {
  const cache = join(tmpdir(), "herd-bench-history");
  const file = join(cache, `${rows}-in-${days}-days.db`);
  if (existsSync(file) && Date.now() - statSync(file).mtimeMs < KEPT_FOR_MS) return file;
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, "new-"));
  try {
    const flags = ["--conditions=herd-source", program, "--folder", folder, "--rows", String(rows)];
    await promisify(execFile)(process.execPath, [...flags, "--days", String(days)]);
    addRuns(join(folder, "latency.db"));
    renameSync(join(folder, "latency.db"), file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return file;
}

function addRuns(path: string): void {
  const database = openDatabase(path);
  const insert = database.prepare(
    `INSERT INTO benchmark_runs (run_id, timestamp, duration_s, total_requests, total_failures, total_prompt_tokens,
       total_completion_tokens) VALUES (?, ?, 60, 500, 0, 40000, 90000)`,
  );
  for (const [at, id] of RUN_IDS.entries()) insert.run(id, Date.now() / 1000 - 7200 + at * 3600);
  database.close();
}
