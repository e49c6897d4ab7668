import type { Connection } from "../connection.ts";

/**
 * Most requests have one attempt that went well, and their row tells everything about it: so only its decision is kept
 * there, in a short form, and the attempt is read from the row. `stored_attempts` holds all others; `request_attempts` shows
 * both alike.
 *
 * The short form of a decision is a list: candidates that were ranked, node and points of the runner-up, rejected candidates
 * per filter, profile, the runner-up's model; the last ones are left out where they are what they mostly are.
 */
export function makeAttemptsView(connection: Connection): void {
  if (typeOf(connection) === "view") return;
  connection.exec("ALTER TABLE request_attempts RENAME TO stored_attempts");
  connection.exec(view);
}

function typeOf(connection: Connection): string | undefined {
  return connection.prepare<[], string>("SELECT type FROM sqlite_schema WHERE name = 'request_attempts'").pluck().get();
}

/** Profile of a decision that names none. */
export const USUAL_PROFILE = "signals";

const part = (at: number): string => `json_extract(decision, '$[${at}]')`;

/** What neither waiting nor the router itself took; ms. */
const ENDED_MS = "max(0, round(latency_ms - coalesce(queue_wait_ms, 0) - coalesce(overhead_ms, 0), 3))";
const FIRST_BYTE_MS =
  "max(0, round(time_to_first_token_ms - coalesce(queue_wait_ms, 0) - coalesce(overhead_ms, 0), 3))";

const DECISION = `json_object(
  'profile', coalesce(${part(4)}, '${USUAL_PROFILE}'),
  'winner', json_object('node_id', node_id, 'model', model, 'total', score),
  'runner_up', json(CASE WHEN ${part(1)} IS NOT NULL THEN
    json_object('node_id', ${part(1)}, 'model', coalesce(${part(5)}, model), 'total', ${part(2)}) END),
  'ranked', ${part(0)},
  'rejected', json(coalesce(${part(3)}, '{}')))`;

const view = `
  CREATE VIEW request_attempts (trace_id, attempt, request_id, node_id, backend, model, started_at, ended_ms, first_byte_ms,
    http_status, failure_class, error_message, decision) AS
  SELECT trace_id, attempt, request_id, node_id, backend, model, started_at, ended_ms, first_byte_ms,
    http_status, failure_class, error_message, decision
  FROM stored_attempts
  UNION ALL
  SELECT id, 1, request_id, node_id, backend, model, timestamp - ${ENDED_MS} / 1000, ${ENDED_MS}, ${FIRST_BYTE_MS},
    http_status, NULL, NULL, ${DECISION}
  FROM request_traces WHERE decision IS NOT NULL`;
