import type { Migration } from "../opening/migrate.ts";

/** Energy that whole nodes took, idle time included: `day` is the UTC day's beginning, Unix epoch seconds. */
export const energy0010: Migration = {
  version: 10,
  name: "energy",
  tables: [
    {
      name: "node_energy",
      columns: {
        day: "INTEGER NOT NULL",
        node_id: "TEXT NOT NULL",
        joules: "REAL NOT NULL DEFAULT 0",
        joules_estimated: "REAL NOT NULL DEFAULT 0",
        seconds: "REAL NOT NULL DEFAULT 0",
      },
      constraints: ["PRIMARY KEY (day, node_id)"],
      tableOptions: "WITHOUT ROWID",
      indexes: [],
    },
  ],
};
