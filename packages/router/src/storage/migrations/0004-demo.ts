import type { Migration } from "../opening/migrate.ts";

/**
 * What keeps the demo apart from real work: requests that simulated nodes served are marked, and `milestones` holds what
 * must be known for ever, such as that this folder has seen a real backend. `reached_at` is Unix epoch seconds.
 */
export const demo0004: Migration = {
  version: 4,
  name: "demo",
  tables: [
    { name: "request_traces", columns: { simulated: "INTEGER" }, indexes: [] },
    {
      name: "milestones",
      columns: { name: "TEXT PRIMARY KEY NOT NULL", reached_at: "REAL NOT NULL" },
      indexes: [],
    },
  ],
};
