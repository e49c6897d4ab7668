import type { Connection } from "./connection.ts";
import type { Flusher } from "./writing/flusher.ts";
import { createKeyedRows } from "./writing/keyed-rows.ts";

/** What happened in this data folder for the first time, and is known for ever. */
export interface Milestones {
  /** A real backend has been seen, in this run or an earlier one, of the predecessor too. */
  hasSeenBackend(): boolean;
  /** A real backend is there. On disk within 2 s. */
  sawBackend(): void;
}

export interface MilestonesDependencies {
  readonly connection: Connection;
  readonly flusher: Pick<Flusher, "add" | "wake">;
  /** Unix epoch ms. */
  readonly now: () => number;
}

const WRITE_WITHIN_MS = 2000;
const REAL_BACKEND = "real_backend";

/** The table `milestones`. */
export function createMilestones({ connection, flusher, now }: MilestonesDependencies): Milestones {
  const insert = connection.prepare("INSERT OR IGNORE INTO milestones (name, reached_at) VALUES (?, ?)");
  const rows = createKeyedRows<number>({
    name: "milestones",
    flusher,
    withinMs: WRITE_WITHIN_MS,
    write: (at) => void insert.run(REAL_BACKEND, at / 1000),
  });
  let hasSeen = connection.prepare("SELECT 1 FROM milestones WHERE name = ?").get(REAL_BACKEND) !== undefined;
  const sawBackend = (): void => {
    if (hasSeen) return;
    hasSeen = true;
    rows.set(REAL_BACKEND, now());
  };
  if (showsEarlierBackend(connection)) sawBackend();
  return { hasSeenBackend: () => hasSeen, sawBackend };
}

/** Folders that are older than the milestone tell by what else they keep for a time: models of nodes, and requests they answered. */
function showsEarlierBackend(connection: Connection): boolean {
  const found = connection.prepare(
    `SELECT EXISTS (SELECT 1 FROM known_models)
       OR EXISTS (SELECT 1 FROM request_traces WHERE node_id <> '' AND simulated IS NOT 1)`,
  );
  return found.pluck().get() === 1;
}
