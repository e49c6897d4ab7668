import type { Migration } from "../opening/migrate.ts";

/** Texts about the state of the fleet, as the predecessor keeps them. */
export const briefings0007: Migration = {
  version: 7,
  name: "briefings",
  tables: [
    {
      name: "fleet_briefings",
      columns: {
        id: "INTEGER PRIMARY KEY AUTOINCREMENT",
        timestamp: "REAL NOT NULL",
        briefing: "TEXT NOT NULL",
        model: "TEXT",
        fleet_data: "TEXT",
      },
      indexes: [["timestamp"]],
    },
  ],
};
