import type { Connection } from "../connection.ts";

/**
 * The predecessor's `latency_observations` tells nothing that the rows of requests do not. A database that we began has it as
 * a view, which takes its program's rows without keeping them twice; in one that its program began it stays a table.
 */
export function makeObservationsView(connection: Connection): void {
  if (!hasObservationsTable(connection) || isPredecessors(connection)) return;
  connection.exec("DROP TABLE latency_observations");
  connection.exec(`
    CREATE VIEW latency_observations (id, node_id, model_name, latency_ms, tokens_generated, timestamp, prompt_tokens,
      completion_tokens) AS
    SELECT id, node_id, model, max(0, round(latency_ms - coalesce(queue_wait_ms, 0) - coalesce(overhead_ms, 0), 3)), NULL,
      timestamp, prompt_tokens, completion_tokens
    FROM request_traces
    WHERE status = 'completed' AND node_id <> '' AND latency_ms IS NOT NULL AND traffic IS NULL
      AND (kind IS NULL OR kind IN ('chat', 'generate'));
    CREATE TRIGGER latency_observations_known INSTEAD OF INSERT ON latency_observations
      BEGIN SELECT NULL; END`);
}

/** Whether observations are rows of their own here. */
export function hasObservationsTable(connection: Connection): boolean {
  const sql = "SELECT 1 FROM sqlite_schema WHERE name = 'latency_observations' AND type = 'table'";
  return connection.prepare(sql).get() !== undefined;
}

/** Its program makes indexes under names of its own, and ours are not made beside equal ones. */
function isPredecessors(connection: Connection): boolean {
  const sql = `SELECT 1 FROM sqlite_schema WHERE tbl_name = 'latency_observations' AND type = 'index'
    AND name NOT LIKE 'herd\\_%' ESCAPE '\\'`;
  return connection.prepare(sql).get() !== undefined;
}
