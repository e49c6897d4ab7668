import type { Connection } from "../storage/connection.ts";
import type { Flusher } from "../storage/writing/flusher.ts";
import { createKeyedRows } from "../storage/writing/keyed-rows.ts";
import type { NodeEnergy } from "./energy-meter.ts";

/** The daily ledger of whole nodes. */
export interface EnergyStore {
  /** Adds to the ledger of the UTC day of this instant, Unix epoch ms; on disk within 200 ms. */
  add(energies: readonly NodeEnergy[], at: number): void;
}

const WRITE_WITHIN_MS = 200;
const MS_PER_DAY = 86_400_000;

interface Row extends Pick<NodeEnergy, "nodeId" | "joules" | "joulesEstimated" | "seconds"> {
  /** Beginning of the UTC day, Unix epoch s. */
  readonly day: number;
}

/** The table `node_energy`. What it is given is added up; machines of the demo leave no trace in it. */
export function createEnergyStore(dependencies: {
  readonly connection: Connection;
  readonly flusher: Pick<Flusher, "add" | "wake">;
}): EnergyStore {
  const upsert = dependencies.connection.prepare(
    `INSERT INTO node_energy (day, node_id, joules, joules_estimated, seconds)
     VALUES (@day, @nodeId, @joules, @joulesEstimated, @seconds)
     ON CONFLICT (day, node_id) DO UPDATE SET joules = joules + excluded.joules,
       joules_estimated = joules_estimated + excluded.joules_estimated, seconds = seconds + excluded.seconds`,
  );
  const rows = createKeyedRows<Row>({
    name: "node_energy",
    flusher: dependencies.flusher,
    withinMs: WRITE_WITHIN_MS,
    write: (row) => void upsert.run(row),
  });
  return {
    add: (energies, at) => {
      const day = Math.floor(at / MS_PER_DAY) * (MS_PER_DAY / 1000);
      for (const { nodeId, isSimulated, joules, joulesEstimated, seconds } of energies) {
        if (isSimulated) continue;
        const waiting = rows.get(`${day} ${nodeId}`);
        rows.set(`${day} ${nodeId}`, {
          day,
          nodeId,
          joules: joules + (waiting?.joules ?? 0),
          joulesEstimated: joulesEstimated + (waiting?.joulesEstimated ?? 0),
          seconds: seconds + (waiting?.seconds ?? 0),
        });
      }
    },
  };
}
