import { traces0001 } from "./migrations/0001-traces.ts";
import { fleet0002 } from "./migrations/0002-fleet.ts";
import { settings0003 } from "./migrations/0003-settings.ts";
import { demo0004 } from "./migrations/0004-demo.ts";
import { usage0005 } from "./migrations/0005-usage.ts";
import { benchmarks0006 } from "./migrations/0006-benchmarks.ts";
import { briefings0007 } from "./migrations/0007-briefings.ts";
import { health0008 } from "./migrations/0008-health.ts";
import { modelEvents0009 } from "./migrations/0009-model-events.ts";
import { energy0010 } from "./migrations/0010-energy.ts";
import type { Migration } from "./opening/migrate.ts";

/** Every step of the schema, in order. */
export const allMigrations = [
  traces0001,
  fleet0002,
  settings0003,
  demo0004,
  usage0005,
  benchmarks0006,
  briefings0007,
  health0008,
  modelEvents0009,
  energy0010,
] as const satisfies readonly Migration[];
