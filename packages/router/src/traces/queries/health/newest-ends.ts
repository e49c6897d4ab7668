import type { Connection } from "../../../storage/connection.ts";
import { endedColumns, endedRow, realWork, type StoredEnd } from "./ended-row.ts";

/** Newest rows that are looked through. */
const MOST_SEEN = 1000;

/** The newest requests since then (Unix epoch seconds), whatever their end; real work only. */
export function createNewestEnds(connection: Connection) {
  const select = connection.prepare<[{ since: number }], StoredEnd>(
    `SELECT * FROM (SELECT ${endedColumns}, traffic, simulated FROM request_traces
     WHERE timestamp >= @since ORDER BY timestamp DESC LIMIT ${MOST_SEEN}) WHERE ${realWork}`,
  );
  return (since: number) => select.all({ since }).map(endedRow);
}
