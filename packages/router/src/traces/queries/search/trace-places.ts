/**
 * The order of ends: by time, then by row id. An index of times holds the row ids as well, so a place in it is found again
 * whatever was added since, and rows that come in later are newer than every place.
 */

/** Rows of the order that lie in a window: newest first they begin after one place and end at another. */
export const WINDOW = `timestamp <= @afterTimestamp AND (timestamp < @afterTimestamp OR id < @afterId)
  AND timestamp >= @floorTimestamp AND (timestamp > @floorTimestamp OR id >= @floorId)`;

export const NEWEST_FIRST = "ORDER BY timestamp DESC, id DESC";

/** The parameters of a window. */
export interface Window {
  readonly afterTimestamp: number;
  readonly afterId: number;
  readonly floorTimestamp: number;
  readonly floorId: number;
}

/** Which ends are gone through: all of them, or those with one status, for which there is an index of their own. */
export const orders = {
  all: "1",
  failed: "status = 'failed' AND status <> 'completed'",
  incomplete: "status = 'incomplete' AND status <> 'completed'",
  no_output: "status = 'no_output' AND status <> 'completed'",
  client_disconnected: "status = 'client_disconnected' AND status <> 'completed'",
  retried: "status = 'retried' AND status <> 'completed'",
} as const;

/** The name of an order. */
export type OrderName = keyof typeof orders;

const isOrder = (status: string): status is OrderName => Object.hasOwn(orders, status);

/** The orders that hold every row with one of these statuses. */
export function ordersFor(statuses: readonly string[] | undefined): readonly OrderName[] {
  const wanted = (statuses ?? []).filter(isOrder);
  return wanted.length === 0 || wanted.length !== statuses?.length ? ["all"] : [...new Set(wanted)];
}
