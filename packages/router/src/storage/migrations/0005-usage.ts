import type { Connection } from "../connection.ts";
import type { Migration } from "../opening/migrate.ts";
import { catchUpUsage } from "../usage/catch-up.ts";
import { makeObservationsView } from "../views/latency-observations.ts";
import { makeAttemptsView } from "../views/request-attempts.ts";

/** Counts and sums of one cell of the usage tables. Sums of times count only requests that have the time. */
const counts = {
  requests: "INTEGER NOT NULL DEFAULT 0",
  completed: "INTEGER NOT NULL DEFAULT 0",
  failed: "INTEGER NOT NULL DEFAULT 0",
  incomplete: "INTEGER NOT NULL DEFAULT 0",
  no_output: "INTEGER NOT NULL DEFAULT 0",
  disconnected: "INTEGER NOT NULL DEFAULT 0",
  latency_ms: "REAL NOT NULL DEFAULT 0",
  latency_count: "INTEGER NOT NULL DEFAULT 0",
  ttft_ms: "REAL NOT NULL DEFAULT 0",
  ttft_count: "INTEGER NOT NULL DEFAULT 0",
  prompt_tokens: "INTEGER NOT NULL DEFAULT 0",
  completion_tokens: "INTEGER NOT NULL DEFAULT 0",
  retries: "INTEGER NOT NULL DEFAULT 0",
  fallbacks: "INTEGER NOT NULL DEFAULT 0",
  first_seen: "REAL NOT NULL",
  last_seen: "REAL NOT NULL",
};

/**
 * What was used, summed up while rows are written, so that no question about days reads every row. `hour` and `day` are Unix
 * epoch seconds at the beginning of the UTC hour or day. `traffic` is '' for real work, else what the work was for.
 */
export const usage0005: Migration = {
  version: 5,
  name: "usage",
  tables: [
    {
      name: "request_traces",
      columns: {
        kind: "TEXT",
        traffic: "TEXT",
        backend: "TEXT",
        client_key: "TEXT",
        prefix_hit: "REAL",
        joules: "NUMERIC",
        joules_estimated: "INTEGER",
        decision: "TEXT",
      },
      indexes: [],
    },
    {
      name: "usage_hourly",
      columns: {
        hour: "INTEGER NOT NULL",
        node_id: "TEXT NOT NULL",
        model: "TEXT NOT NULL",
        kind: "TEXT NOT NULL",
        traffic: "TEXT NOT NULL",
        ...counts,
        latency_min: "REAL",
        latency_max: "REAL",
        queue_wait_ms: "REAL NOT NULL DEFAULT 0",
        loads: "INTEGER NOT NULL DEFAULT 0",
        load_ms: "REAL NOT NULL DEFAULT 0",
        prefill_ms: "REAL NOT NULL DEFAULT 0",
        prefill_tokens: "INTEGER NOT NULL DEFAULT 0",
        decode_ms: "REAL NOT NULL DEFAULT 0",
        decode_tokens: "INTEGER NOT NULL DEFAULT 0",
        cold_loads: "INTEGER NOT NULL DEFAULT 0",
        timeouts: "INTEGER NOT NULL DEFAULT 0",
        joules: "REAL NOT NULL DEFAULT 0",
        joules_estimated: "REAL NOT NULL DEFAULT 0",
      },
      constraints: ["PRIMARY KEY (hour, node_id, model, kind, traffic)"],
      tableOptions: "WITHOUT ROWID",
      indexes: [],
    },
    {
      name: "usage_tags_hourly",
      columns: { hour: "INTEGER NOT NULL", tag: "TEXT NOT NULL", traffic: "TEXT NOT NULL", ...counts },
      constraints: ["PRIMARY KEY (hour, tag, traffic)"],
      tableOptions: "WITHOUT ROWID",
      indexes: [],
    },
    {
      // Distributions, so that percentiles need no rows: JSON {measure: {bucket: count}}, see domain/sketch.ts.
      name: "usage_sketches",
      columns: {
        day: "INTEGER NOT NULL",
        node_id: "TEXT NOT NULL",
        model: "TEXT NOT NULL",
        traffic: "TEXT NOT NULL",
        sketches: "TEXT NOT NULL",
      },
      // With row ids: a table without them keeps a quarter of a page of each row and gives the rest a page of its own.
      constraints: ["PRIMARY KEY (day, node_id, model, traffic)"],
      indexes: [],
    },
    {
      // Up to which id the rows of a table are summed up.
      name: "usage_progress",
      columns: { part: "TEXT PRIMARY KEY NOT NULL", last_id: "INTEGER NOT NULL" },
      tableOptions: "WITHOUT ROWID",
      indexes: [],
    },
  ],
  alsoMakes: ["stored_attempts"],
  fill,
};

/** Failures are few and asked for often; an index of all ends costs as much per row as its times. */
const indexes = `
  DROP INDEX IF EXISTS herd_request_traces_status_timestamp;
  CREATE INDEX IF NOT EXISTS herd_request_traces_failed ON request_traces (timestamp) WHERE status = 'failed';
  CREATE INDEX IF NOT EXISTS herd_request_traces_ends ON request_traces (status, timestamp) WHERE status <> 'completed';
`;

/** What is there already counts, too. Requests for the demo were marked otherwise before. */
function fill(connection: Connection): void {
  connection.exec("UPDATE request_traces SET traffic = 'demo' WHERE simulated = 1 AND traffic IS NULL");
  connection.exec(indexes);
  makeAttemptsView(connection);
  makeObservationsView(connection);
  catchUpUsage(connection);
}
