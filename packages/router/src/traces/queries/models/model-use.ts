import type { Connection } from "../../../storage/connection.ts";

/** Since when, Unix epoch seconds. */
export interface ModelUseQuestion {
  readonly since: number;
}

/** Real use of a model on a node. */
export interface ModelUse {
  readonly node_id: string;
  readonly model: string;
  readonly requests: number;
  /** Unix epoch seconds. */
  readonly last_used: number;
}

/** How often, and when last, was each model used on each node? */
export function createModelUse(connection: Connection): (question: ModelUseQuestion) => readonly ModelUse[] {
  const select = connection.prepare<[number], ModelUse>(
    `SELECT node_id, model, sum(requests) AS requests, max(last_seen) AS last_used FROM usage_hourly
     WHERE hour >= ? AND traffic = '' AND node_id <> '' GROUP BY node_id, model`,
  );
  return ({ since }) => select.all(since);
}
