import type { Connection } from "../../../storage/connection.ts";
import { endedColumns, endedRow, realWork, type StoredEnd } from "./ended-row.ts";

const badStatuses = ["failed", "incomplete", "no_output", "client_disconnected"];
/** Rows of a status that are looked through, newest first, and that are handed on. */
const MOST_SEEN = 1000;
const MOST_GIVEN = 200;

/** The newest requests since then (Unix epoch seconds) of each status that is no good end; real work only. */
export function createBadEnds(connection: Connection) {
  // The second condition lets the index be used that leaves good ends out. The inner limit bounds the walk along the index, however many rows of the demo stand there.
  const select = connection.prepare<[{ status: string; since: number }], StoredEnd>(
    `SELECT * FROM (SELECT ${endedColumns}, traffic, simulated FROM request_traces
     WHERE status = @status AND status <> 'completed' AND timestamp >= @since ORDER BY timestamp DESC LIMIT ${MOST_SEEN})
     WHERE ${realWork} LIMIT ${MOST_GIVEN}`,
  );
  return (since: number) => badStatuses.flatMap((status) => select.all({ status, since }).map(endedRow));
}
