import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openDatabase } from "../database.ts";
import { createFlusher, type FlushState, type RowsRefused } from "../writing/flusher.ts";
import { createManualClock } from "./manual-clock.ts";
import { tempFolder } from "./temp-folder.ts";

/** A real database in a temporary folder with a flusher on a manual clock. */
export function openStore({ folder = tempFolder() }: { readonly folder?: string } = {}) {
  const database = openDatabase({ path: join(folder, "latency.db"), now: Date.now });
  onTestFinished(() => database.close());
  const clock = createManualClock();
  const states: FlushState[] = [];
  const refusals: RowsRefused[] = [];
  const flusher = createFlusher({
    database,
    schedule: clock.schedule,
    monotonic: clock.monotonic,
    onStateChange: (state) => states.push(state),
    onRowsRefused: (refusal) => refusals.push(refusal),
  });
  return { ...database, folder, clock, flusher, states, refusals };
}
