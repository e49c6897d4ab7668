import type { Migration } from "../opening/migrate.ts";

/** What a restarted router must still know of its fleet. Times are Unix epoch seconds; `last_time` is ms, as it was signed. */
export const fleet0002: Migration = {
  version: 2,
  name: "fleet",
  tables: [
    {
      name: "nodes",
      columns: {
        node_id: "TEXT PRIMARY KEY NOT NULL",
        public_key: "TEXT",
        address: "TEXT NOT NULL",
        last_time: "INTEGER",
        first_seen: "REAL NOT NULL",
        last_seen: "REAL NOT NULL",
        is_legacy: "INTEGER NOT NULL",
      },
      indexes: [],
    },
    {
      // Apart from `nodes`, so that noting each signed time does not write the long report again.
      name: "node_reports",
      columns: {
        node_id: "TEXT PRIMARY KEY NOT NULL REFERENCES nodes (node_id) ON DELETE CASCADE",
        heartbeat: "TEXT NOT NULL",
        inventory: "TEXT",
        saved_at: "REAL NOT NULL",
      },
      indexes: [],
    },
    {
      name: "known_models",
      columns: {
        model_key: "TEXT NOT NULL",
        node_id: "TEXT NOT NULL",
        name: "TEXT NOT NULL",
        last_seen: "REAL NOT NULL",
      },
      constraints: ["PRIMARY KEY (model_key, node_id)"],
      tableOptions: "WITHOUT ROWID",
      indexes: [],
    },
    {
      name: "learned_speeds",
      columns: {
        lane_key: "TEXT PRIMARY KEY NOT NULL",
        speeds: "TEXT NOT NULL",
        samples: "INTEGER NOT NULL",
        updated_at: "REAL NOT NULL",
      },
      indexes: [],
    },
  ],
};
