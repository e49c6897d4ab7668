import { addSketch, percentileOf, sketchSize } from "../../../domain/sketch.ts";
import type { Connection } from "../../../storage/connection.ts";
import { readSketches } from "../../../storage/usage/usage-sketches.ts";

interface DayRow {
  readonly model: string;
  readonly sketches: string;
}

/** Days of nodes and models that are looked at, newest first. */
const MOST_DAYS = 5000;

/** Tokens per completed request and model since a day (Unix epoch seconds at its beginning); real work only. */
export function createContextUse(connection: Connection) {
  const select = connection.prepare<[number], DayRow>(
    `SELECT model, sketches FROM usage_sketches
     WHERE day >= ? AND traffic = '' AND node_id <> '' ORDER BY day DESC LIMIT ${MOST_DAYS}`,
  );
  return (since: number) => {
    const totals = new Map<string, Record<string, number>>();
    for (const { model, sketches } of select.iterate(since)) {
      const tokens = readSketches(sketches)["total_tokens"];
      if (tokens === undefined) continue;
      const into = totals.get(model) ?? {};
      addSketch(into, tokens);
      totals.set(model, into);
    }
    return [...totals].map(([model, sketch]) => ({
      model,
      requests: sketchSize(sketch),
      totalP99: Math.round(percentileOf(sketch, 0.99) ?? 0),
    }));
  };
}
