import type { Migration } from "../opening/migrate.ts";

/**
 * What happened to requests. `request_traces` and `latency_observations` are the predecessor's, with its names and types,
 * because people and tools query them; everything after `estimated_tokens` is ours and nullable, so that its program can
 * still insert.
 */
export const traces0001: Migration = {
  version: 1,
  name: "traces",
  tables: [
    {
      name: "request_traces",
      columns: {
        id: "INTEGER PRIMARY KEY AUTOINCREMENT",
        request_id: "TEXT NOT NULL",
        model: "TEXT NOT NULL",
        original_model: "TEXT NOT NULL",
        node_id: "TEXT NOT NULL",
        score: "REAL",
        scores_breakdown: "TEXT",
        status: "TEXT NOT NULL",
        // A whole number takes one to four bytes in a column of this type, but eight in a REAL one.
        latency_ms: "NUMERIC",
        time_to_first_token_ms: "NUMERIC",
        prompt_tokens: "INTEGER",
        completion_tokens: "INTEGER",
        retry_count: "INTEGER DEFAULT 0",
        fallback_used: "INTEGER DEFAULT 0",
        excluded_nodes: "TEXT",
        client_ip: "TEXT",
        original_format: "TEXT",
        error_message: "TEXT",
        timestamp: "REAL NOT NULL",
        tags: "TEXT",
        finish_reason: "TEXT",
        estimated_tokens: "INTEGER",
        endpoint: "TEXT",
        is_stream: "INTEGER",
        error_code: "TEXT",
        error_class: "TEXT",
        http_status: "INTEGER",
        queue_wait_ms: "NUMERIC",
        overhead_ms: "REAL",
        load_ms: "NUMERIC",
        prefill_ms: "NUMERIC",
        decode_ms: "NUMERIC",
        tokens_per_s: "NUMERIC",
        tokens_estimated: "INTEGER",
        edits: "TEXT",
      },
      // Each further index costs about as much per row as all of a row's short columns together.
      indexes: [["timestamp"], ["request_id"]],
    },
    {
      // Bound to the row, not to the request id: a client may use one id twice.
      name: "request_attempts",
      columns: {
        trace_id: "INTEGER NOT NULL REFERENCES request_traces (id) ON DELETE CASCADE",
        attempt: "INTEGER NOT NULL",
        request_id: "TEXT NOT NULL",
        node_id: "TEXT NOT NULL",
        backend: "TEXT",
        model: "TEXT NOT NULL",
        started_at: "REAL NOT NULL",
        ended_ms: "REAL",
        first_byte_ms: "REAL",
        http_status: "INTEGER",
        failure_class: "TEXT",
        error_message: "TEXT",
        decision: "TEXT",
      },
      constraints: ["PRIMARY KEY (trace_id, attempt)"],
      tableOptions: "WITHOUT ROWID",
      indexes: [],
    },
    {
      name: "latency_observations",
      columns: {
        id: "INTEGER PRIMARY KEY AUTOINCREMENT",
        node_id: "TEXT NOT NULL",
        model_name: "TEXT NOT NULL",
        latency_ms: "REAL NOT NULL",
        tokens_generated: "INTEGER",
        timestamp: "REAL NOT NULL",
        prompt_tokens: "INTEGER",
        completion_tokens: "INTEGER",
      },
      indexes: [["timestamp"]],
    },
  ],
};
