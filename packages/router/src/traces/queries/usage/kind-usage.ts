import type { Connection } from "../../../storage/connection.ts";
import { hourOf } from "./usage-range.ts";
import { mean, SUMS, type SummedRow } from "./usage-row.ts";

/** Which requests. */
export interface KindQuestion {
  readonly kind: "image" | "transcribe";
  /** Unix epoch seconds; the hour that it lies in counts whole. */
  readonly since: number;
}

type KindRow = SummedRow & { readonly node_id: string; readonly model: string };

/** Requests of one kind since an hour, by node and by model. */
export function createKindUsage(connection: Connection) {
  const select = connection.prepare<[number, string], KindRow>(KIND_USAGE);
  return ({ kind, since }: KindQuestion) => {
    const rows = select.all(hourOf(since), kind);
    const sum = (column: keyof SummedRow): number => rows.reduce((total, row) => total + row[column], 0);
    return {
      total: sum("requests"),
      completed: sum("completed"),
      failed: sum("failed") + sum("incomplete"),
      avg_ms: mean(sum("latency_ms"), sum("latency_count")),
      by_node: counted(rows, (row) => row.node_id),
      by_model: counted(rows, (row) => row.model),
    };
  };
}

/** Requests by name; those that reached no node have none. */
function counted(rows: readonly KindRow[], nameOf: (row: KindRow) => string): Record<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf(row);
    if (name !== "") counts.set(name, (counts.get(name) ?? 0) + row.requests);
  }
  return Object.fromEntries(counts);
}

export const KIND_USAGE = `SELECT node_id, model, ${SUMS} FROM usage_hourly
  WHERE hour >= ? AND kind = ? AND traffic = '' GROUP BY node_id, model`;
