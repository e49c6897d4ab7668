/** How a column of two groups becomes one; the others are sums. */
const extremes: Readonly<Record<string, (one: number, other: number) => number>> = {
  first_seen: Math.min,
  last_seen: Math.max,
  latency_min: Math.min,
  latency_max: Math.max,
};

/** Brings rows with the same key together: numbers by their column, of anything else what the first row has. */
export function mergeSums<Row extends object>(rows: Iterable<Row>, keyOf: (row: Row) => string): Map<string, Row> {
  const merged = new Map<string, Row>();
  for (const row of rows) {
    const found = merged.get(keyOf(row));
    if (found === undefined) merged.set(keyOf(row), { ...row });
    else add(found as Record<string, unknown>, row as Readonly<Record<string, unknown>>);
  }
  return merged;
}

function add(into: Record<string, unknown>, from: Readonly<Record<string, unknown>>): void {
  for (const column in from) {
    const [one, other] = [into[column], from[column]];
    if (typeof other !== "number") continue;
    if (typeof one !== "number") into[column] = other;
    else into[column] = extremes[column]?.(one, other) ?? one + other;
  }
}
