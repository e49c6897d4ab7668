import type { Connection } from "../../../storage/connection.ts";
import { cellParts } from "../usage/cell-parts.ts";
import type { PairSums } from "../usage/energy-row.ts";
import { mergeSums } from "../usage/merge-sums.ts";
import { LAST } from "../usage/usage-range.ts";

/** Since when, Unix epoch seconds: whole hours count. */
export interface ModelUseQuestion {
  readonly since: number;
  /** Unix epoch seconds. */
  readonly now: number;
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
  const parts = cellParts(connection);
  return ({ since, now }) => {
    const pairs = [...parts.of({ from: since, to: LAST, now })].flatMap((part) => part.pairs.filter(isServed));
    const used = mergeSums(pairs, ({ node_id, model }) => `${node_id.length}:${node_id}${model}`);
    return [...used.values()].map(({ node_id, model, requests, last_seen: last_used }) => ({
      node_id,
      model,
      requests,
      last_used,
    }));
  };
}

const isServed = ({ node_id }: PairSums): boolean => node_id !== "";
