import { join } from "node:path";
import type { Database as Connection } from "better-sqlite3";
import openDatabase from "better-sqlite3";
import { until } from "../until.ts";

/** What tests look at in a stored trace. */
export interface StoredTrace {
  readonly request_id: string;
  readonly model: string;
  readonly node_id: string;
  readonly status: string;
  readonly retry_count: number;
  readonly error_message: string | null;
}

/** One try of a stored request. */
export interface StoredAttempt {
  readonly node_id: string;
  readonly failure_class: string | null;
}

/** All traces in a router's data folder, oldest first. */
export const storedTraces = (dataDir: string): readonly StoredTrace[] =>
  read(dataDir, (database) =>
    database.prepare("SELECT * FROM request_traces ORDER BY timestamp").all(),
  ) as StoredTrace[];

/** The traces once there are this many: they are written a moment after their requests have ended. */
export function untilTraces(dataDir: string, count: number): Promise<readonly StoredTrace[]> {
  const look = (): readonly StoredTrace[] | undefined => {
    const traces = storedTraces(dataDir);
    return traces.length >= count ? traces : undefined;
  };
  return until({ what: `${count} traces are stored`, look, withinMs: 5_000 });
}

/** The attempts of one request in their order. */
export const storedAttempts = (dataDir: string, requestId: string): readonly StoredAttempt[] =>
  read(dataDir, (database) =>
    database.prepare("SELECT * FROM request_attempts WHERE request_id = ? ORDER BY attempt").all(requestId),
  ) as StoredAttempt[];

function read<Rows>(dataDir: string, query: (database: Connection) => Rows): Rows {
  const database = openDatabase(join(dataDir, "latency.db"), { readonly: true });
  try {
    return query(database);
  } finally {
    database.close();
  }
}
