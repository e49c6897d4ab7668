import type { Migration } from "../opening/migrate.ts";

/**
 * What happened to models on nodes: loaded, unloaded, pulled, deleted, pinned, and what failed. `details` is JSON, times are
 * Unix epoch seconds. `node_marks` holds what an operator decided about a node.
 */
export const modelEvents0009: Migration = {
  version: 9,
  name: "model-events",
  tables: [
    {
      name: "model_events",
      columns: {
        id: "INTEGER PRIMARY KEY AUTOINCREMENT",
        timestamp: "REAL NOT NULL",
        event: "TEXT NOT NULL",
        node_id: "TEXT NOT NULL",
        model: "TEXT NOT NULL",
        details: "TEXT",
      },
      indexes: [["timestamp"]],
    },
    {
      name: "node_marks",
      columns: { node_id: "TEXT PRIMARY KEY NOT NULL", mark: "TEXT NOT NULL", marked_at: "REAL NOT NULL" },
      indexes: [],
    },
  ],
};
