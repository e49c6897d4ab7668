import type { Connection } from "./connection.ts";
import { parseJson } from "./parse-json.ts";
import type { Flusher } from "./writing/flusher.ts";
import { createKeyedRows } from "./writing/keyed-rows.ts";

/** What was learned of one lane. */
export interface LearnedRow {
  /** `<node_id>:<model>`. */
  readonly laneKey: string;
  /** State of the estimators, any JSON object. When read back it is as stored, by this version or another: check it. */
  readonly speeds: unknown;
  /** Finished requests behind it. */
  readonly samples: number;
  /** Unix epoch ms. */
  readonly updatedAt: number;
}

/** Learned speeds that outlive a restart. */
export interface LearnedStore {
  /** All rows that can be read, by lane. */
  load(): readonly LearnedRow[];
  /** Takes the newest state of a lane; on disk within 2 s. */
  save(row: LearnedRow): void;
}

export interface LearnedStoreDependencies {
  readonly connection: Connection;
  readonly flusher: Pick<Flusher, "add" | "wake">;
}

const WRITE_WITHIN_MS = 2000;

/** The table `learned_speeds`. */
export function createLearnedStore({ connection, flusher }: LearnedStoreDependencies): LearnedStore {
  const upsert = connection.prepare(
    `INSERT INTO learned_speeds (lane_key, speeds, samples, updated_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (lane_key) DO UPDATE SET speeds = excluded.speeds, samples = excluded.samples,
       updated_at = excluded.updated_at`,
  );
  const read = connection.prepare<[], StoredRow>("SELECT * FROM learned_speeds ORDER BY lane_key");
  const rows = createKeyedRows<LearnedRow>({
    name: "learned_speeds",
    flusher,
    withinMs: WRITE_WITHIN_MS,
    write: ({ laneKey, speeds, samples, updatedAt }) =>
      void upsert.run(laneKey, JSON.stringify(speeds), samples, updatedAt / 1000),
  });
  return {
    load: () =>
      read
        .all()
        .map(learnedRow)
        .filter(({ speeds }) => speeds !== undefined),
    save: (row) => rows.set(row.laneKey, row),
  };
}

interface StoredRow {
  readonly lane_key: string;
  readonly speeds: string;
  readonly samples: number;
  readonly updated_at: number;
}

const learnedRow = (row: StoredRow): LearnedRow => ({
  laneKey: row.lane_key,
  speeds: parseJson(row.speeds),
  samples: row.samples,
  updatedAt: Math.round(row.updated_at * 1000),
});
