import Sqlite from "better-sqlite3";
import type { Connection } from "../connection.ts";

/** Tables and indexes as version 0.6.1 of the predecessor makes them. */
const schema = `
  CREATE TABLE request_traces (
    id INTEGER PRIMARY KEY AUTOINCREMENT, request_id TEXT NOT NULL, model TEXT NOT NULL, original_model TEXT NOT NULL,
    node_id TEXT NOT NULL, score REAL, scores_breakdown TEXT, status TEXT NOT NULL, latency_ms REAL,
    time_to_first_token_ms REAL, prompt_tokens INTEGER, completion_tokens INTEGER, retry_count INTEGER DEFAULT 0,
    fallback_used INTEGER DEFAULT 0, excluded_nodes TEXT, client_ip TEXT, original_format TEXT, error_message TEXT,
    timestamp REAL NOT NULL, tags TEXT);
  CREATE INDEX old_traces_request ON request_traces (request_id);
  CREATE INDEX old_traces_time ON request_traces (timestamp);
  CREATE INDEX old_traces_model ON request_traces (model, timestamp);
  CREATE INDEX old_traces_node ON request_traces (node_id, model);
  CREATE TABLE latency_observations (
    id INTEGER PRIMARY KEY AUTOINCREMENT, node_id TEXT NOT NULL, model_name TEXT NOT NULL, latency_ms REAL NOT NULL,
    tokens_generated INTEGER, timestamp REAL NOT NULL, prompt_tokens INTEGER, completion_tokens INTEGER);
  CREATE INDEX old_latency_time ON latency_observations (timestamp);
  CREATE INDEX old_latency_pair ON latency_observations (node_id, model_name);
  CREATE INDEX old_latency_model ON latency_observations (model_name, timestamp);
  CREATE TABLE benchmark_runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT UNIQUE NOT NULL, timestamp REAL NOT NULL, duration_s REAL NOT NULL,
    total_requests INTEGER NOT NULL, total_failures INTEGER NOT NULL, total_prompt_tokens INTEGER NOT NULL,
    total_completion_tokens INTEGER NOT NULL, requests_per_sec REAL, tokens_per_sec REAL, latency_p50_ms REAL,
    latency_p95_ms REAL, latency_p99_ms REAL, ttft_p50_ms REAL, ttft_p95_ms REAL, ttft_p99_ms REAL, fleet_snapshot TEXT,
    per_model_results TEXT, per_node_results TEXT, peak_utilization TEXT);
  CREATE TABLE fleet_briefings (
    id INTEGER PRIMARY KEY AUTOINCREMENT, timestamp REAL NOT NULL, briefing TEXT NOT NULL, model TEXT, fleet_data TEXT);
`;

/** What 0.11.4 adds. */
const laterSchema = `
  ALTER TABLE request_traces ADD COLUMN finish_reason TEXT;
  ALTER TABLE request_traces ADD COLUMN estimated_tokens INTEGER;
`;

export type PredecessorVersion = "0.6.1" | "0.11.4";

/** Writes a predecessor's database with three requests, one of them retried, and leaves it open. */
export function makePredecessorDatabase(path: string, version: PredecessorVersion = "0.11.4"): Connection {
  const connection = new Sqlite(path);
  connection.pragma("journal_mode = WAL");
  connection.exec(schema);
  if (version === "0.11.4") connection.exec(laterSchema);
  insertAsPredecessor(connection, { request_id: "old-1", status: "completed", timestamp: 1_780_000_000.25 });
  insertAsPredecessor(connection, { request_id: "old-2", status: "retried", timestamp: 1_780_000_001 });
  insertAsPredecessor(connection, { request_id: "old-2", status: "completed", timestamp: 1_780_000_002 });
  insertAsPredecessor(connection, { request_id: "old-3", status: "failed", timestamp: 1_780_000_003 });
  return connection;
}

export interface PredecessorTrace {
  readonly request_id: string;
  readonly status: string;
  readonly timestamp: number;
}

/** Inserts as the predecessor's program does: by name, the columns it knows. */
export function insertAsPredecessor(connection: Connection, { request_id, status, timestamp }: PredecessorTrace): void {
  const values = [request_id, "llama3:latest", "llama3:latest", "mac-studio", 71.5, '{"thermal": 50.0, "total": 71.5}'];
  const more = [status, 812.5, 95.25, 20, 64, 0, 0, null, "", "ollama", status === "failed" ? "boom" : null, '["cli"]'];
  connection
    .prepare(
      `INSERT INTO request_traces (request_id, model, original_model, node_id, score, scores_breakdown, status, latency_ms,
       time_to_first_token_ms, prompt_tokens, completion_tokens, retry_count, fallback_used, excluded_nodes, client_ip,
       original_format, error_message, tags, timestamp) VALUES (${"?, ".repeat(18)}?)`,
    )
    .run(...values, ...more, timestamp);
  connection
    .prepare(
      `INSERT INTO latency_observations (node_id, model_name, latency_ms, tokens_generated, timestamp, prompt_tokens,
       completion_tokens) VALUES ('mac-studio', 'llama3:latest', 717.25, NULL, ?, 20, 64)`,
    )
    .run(timestamp);
}
