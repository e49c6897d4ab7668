import type { Connection } from "../connection.ts";

/**
 * Whoever opens the database with another program may drop tables of it. Taking all steps of the schema again makes them anew,
 * empty, and leaves alone what is there; this looks whether that is due, and prepares it. Runs in the caller's transaction.
 * @param names tables that the steps so far have made
 */
export function prepareRestoring(connection: Connection, names: readonly string[]): boolean {
  const gone = new Set(names.filter((name) => typeOf(connection, name) === undefined));
  if (gone.size === 0) return false;
  for (const view of VIEWS) if (typeOf(connection, view) === "view") connection.exec(`DROP VIEW ${view}`);
  if (typeOf(connection, "stored_attempts") === "table" && typeOf(connection, "request_attempts") === undefined)
    connection.exec("ALTER TABLE stored_attempts RENAME TO request_attempts");
  forgetWhatBelongedToThem(connection, gone);
  return true;
}

/** Tables whose sums belong together: one of them alone would count some requests twice, or never. */
const SUMS: readonly string[] = ["usage_hourly", "usage_tags_hourly", "usage_sketches", "usage_progress"];
/** Tables in earlier steps, views in later ones. */
const VIEWS: readonly string[] = ["request_attempts", "latency_observations"];

function forgetWhatBelongedToThem(connection: Connection, gone: ReadonlySet<string>): void {
  if (SUMS.some((name) => gone.has(name))) for (const name of SUMS) connection.exec(`DROP TABLE IF EXISTS ${name}`);
  if (!gone.has("request_traces")) return;
  // Row ids begin at 1 again: what belongs to the old ones would be taken for the new ones'. Sums stay when their requests go.
  connection.exec("DROP TABLE IF EXISTS request_attempts");
  if (typeOf(connection, "usage_progress") !== undefined) connection.exec("UPDATE usage_progress SET last_id = 0");
}

function typeOf(connection: Connection, name: string): string | undefined {
  const sql = "SELECT type FROM sqlite_schema WHERE name = ? AND type IN ('table', 'view')";
  return connection.prepare<[string], string>(sql).pluck().get(name);
}
