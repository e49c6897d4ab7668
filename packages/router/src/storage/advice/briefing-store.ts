import type { Connection } from "../connection.ts";

/** One briefing to keep. */
export interface BriefingRow {
  /** Unix epoch ms. */
  readonly at: number;
  readonly text: string;
  /** Who wrote it; undefined when no model did. */
  readonly model: string | undefined;
  /** What it was made of. */
  readonly facts: object;
}

/** Keeps briefings. One is made a few times an hour at most: it is written at once. */
export interface BriefingStore {
  save(row: BriefingRow): void;
}

/** Briefings that are kept; the oldest go. */
const MOST_BRIEFINGS = 500;

/** Prepares the statements. */
export function createBriefingStore(connection: Connection, most = MOST_BRIEFINGS): BriefingStore {
  const insert = connection.prepare<[number, string, string | null, string]>(
    "INSERT INTO fleet_briefings (timestamp, briefing, model, fleet_data) VALUES (?, ?, ?, ?)",
  );
  const prune = connection.prepare<[number]>(
    `DELETE FROM fleet_briefings WHERE timestamp <= (
       SELECT timestamp FROM fleet_briefings ORDER BY timestamp DESC, id DESC LIMIT 1 OFFSET ?)`,
  );
  return {
    save: ({ at, text, model, facts }) => {
      insert.run(at / 1000, text, model ?? null, JSON.stringify(facts));
      prune.run(most);
    },
  };
}
