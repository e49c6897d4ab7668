import type { Connection } from "../../../storage/connection.ts";
import { parseJson } from "../../../storage/parse-json.ts";

/** A stored briefing. */
export interface StoredBriefing {
  /** Unix epoch seconds. */
  readonly generated_at: number;
  readonly briefing: string;
  /** Who wrote it; null when no model did. */
  readonly model: string | null;
  /** What it was made of; null when that cannot be read. */
  readonly fleet_data: unknown;
}

/** Which briefings were made last? Newest first. */
export function createBriefings(connection: Connection): (question: { readonly limit: number }) => StoredBriefing[] {
  const select = connection.prepare<
    [number],
    Omit<StoredBriefing, "fleet_data"> & { readonly fleet_data: string | null }
  >(
    `SELECT timestamp AS generated_at, briefing, nullif(model, '') AS model, fleet_data
     FROM fleet_briefings ORDER BY timestamp DESC, id DESC LIMIT ?`,
  );
  return ({ limit }) => select.all(limit).map((row) => ({ ...row, fleet_data: parseJson(row.fleet_data) ?? null }));
}
