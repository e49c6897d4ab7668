import type { Connection } from "../connection.ts";
import { type UsageRow, usageColumns } from "./usage-row.ts";
import { createUsageWriter } from "./usage-writer.ts";

/** Rows of one transaction. */
const CHUNK_ROWS = 20_000;

/**
 * Sums up the rows that no usage counts yet: a predecessor's history, and what its program added since. Each chunk is done
 * whole or not at all. Takes about 4 s for a million rows. Returns how many rows there were.
 */
export function catchUpUsage(connection: Connection): number {
  const usage = createUsageWriter(connection);
  const select = connection.prepare<[number, number], UsageRow & { readonly id: number }>(
    `SELECT id, ${usageColumns.join(", ")} FROM request_traces WHERE id > ? ORDER BY id LIMIT ?`,
  );
  const chunk = connection.transaction((): number => {
    const rows = select.all(usage.progress(), CHUNK_ROWS);
    usage.begin();
    for (const row of rows) usage.add(row, row.id);
    if (rows.length > 0) usage.finish();
    return rows.length;
  });
  let done = 0;
  for (;;) {
    const rows = connection.inTransaction ? chunk() : chunk.immediate();
    done += rows;
    if (rows < CHUNK_ROWS) return done;
  }
}
