import { traces0001 } from "./migrations/0001-traces.ts";
import { fleet0002 } from "./migrations/0002-fleet.ts";
import { settings0003 } from "./migrations/0003-settings.ts";
import { demo0004 } from "./migrations/0004-demo.ts";
import type { Migration } from "./opening/migrate.ts";

/** Every step of the schema, in order. */
export const allMigrations = [traces0001, fleet0002, settings0003, demo0004] as const satisfies readonly Migration[];
