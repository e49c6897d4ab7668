import type { EndedRow } from "../facts/request-facts.ts";
import type { HealthFacts } from "../facts.ts";

const MOST_TRACES = 10;
/** What happened within it still goes on; what is older and did not come again is over, ms. */
const RECENT_MS = 3_600_000;

/** Ids of the newest ten, newest first. */
export const tracesOf = (rows: readonly EndedRow[]): readonly string[] =>
  [...new Set(rows.toSorted((one, other) => other.at - one.at).map(({ requestId }) => requestId))].slice(
    0,
    MOST_TRACES,
  );

/** The requests of the last 24 hours that ended so. */
export const endsOf = ({ traffic }: HealthFacts, ...statuses: readonly EndedRow["status"][]): readonly EndedRow[] =>
  (traffic.ends ?? []).filter(({ status }) => statuses.includes(status));

/** Those of the last hour. */
export const recentOf = <Event extends { readonly at: number }>({ now }: HealthFacts, events: readonly Event[]) =>
  events.filter(({ at }) => at > now - RECENT_MS);

/** How often each name comes, the most frequent first. */
export function tally(names: Iterable<string>): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].toSorted((one, other) => other[1] - one[1] || compare(one[0], other[0])));
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/** The rows by a name of them, in order of the names. */
export function groupedBy<Item>(
  items: readonly Item[],
  nameOf: (item: Item) => string,
): readonly (readonly [string, readonly Item[]])[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(nameOf(item));
    if (group === undefined) groups.set(nameOf(item), [item]);
    else group.push(item);
  }
  return [...groups].toSorted((one, other) => compare(one[0], other[0]));
}

/** Looks rows up by node and model; they are sorted in once, when the first is asked for. */
export function rowsByPair(rows: readonly EndedRow[]): (nodeId: string, model: string) => readonly EndedRow[] {
  let pairs: Map<string, EndedRow[]> | undefined;
  const nameOf = (nodeId: string, model: string): string => `${nodeId.length}:${nodeId}${model}`;
  return (nodeId, model) => {
    pairs ??= Map.groupBy(rows, (row) => nameOf(row.nodeId, row.model));
    return pairs.get(nameOf(nodeId, model)) ?? [];
  };
}
