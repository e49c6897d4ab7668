import type { Migration } from "../opening/migrate.ts";

/**
 * What the checks found and when, and which findings somebody has acknowledged or put off. `finding_key` is the check's id and
 * its subject. Times are Unix epoch seconds.
 */
export const health0008: Migration = {
  version: 8,
  name: "health",
  tables: [
    {
      name: "health_history",
      columns: {
        id: "INTEGER PRIMARY KEY AUTOINCREMENT",
        finding_key: "TEXT NOT NULL",
        check_id: "TEXT NOT NULL",
        node_id: "TEXT",
        severity: "TEXT NOT NULL",
        title: "TEXT NOT NULL",
        description: "TEXT NOT NULL",
        began_at: "REAL NOT NULL",
        ended_at: "REAL",
      },
      indexes: [["began_at"], ["finding_key", "began_at"]],
    },
    {
      name: "health_marks",
      columns: {
        finding_key: "TEXT PRIMARY KEY NOT NULL",
        kind: "TEXT NOT NULL",
        until: "REAL",
        marked_at: "REAL NOT NULL",
        note: "TEXT",
      },
      indexes: [],
    },
  ],
};
