import type { Migration } from "../opening/migrate.ts";

/** Settings that were changed while the router ran; `value` is JSON, `updated_at` Unix epoch seconds. */
export const settings0003: Migration = {
  version: 3,
  name: "settings",
  tables: [
    {
      name: "settings_overrides",
      columns: {
        name: "TEXT PRIMARY KEY NOT NULL",
        value: "TEXT NOT NULL",
        updated_at: "REAL NOT NULL",
      },
      indexes: [],
    },
  ],
};
