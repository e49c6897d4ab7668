import type { Connection } from "../../storage/connection.ts";
import { type CellPart, cellParts } from "./usage/cell-parts.ts";
import { type EnergySums, energyOf, energyTokens, rounded, whOf } from "./usage/energy-row.ts";
import { mergeSums } from "./usage/merge-sums.ts";
import { newestFirst } from "./usage/most-rows.ts";
import { LAST } from "./usage/usage-range.ts";
import { writeAnswer } from "./written.ts";

/** Which days are asked for. */
export interface EnergyAsked {
  readonly days: number;
  /** Beginning of the first UTC day, Unix epoch seconds. */
  readonly since: number;
  /** Unix epoch seconds. */
  readonly now: number;
  /** 0: none is set. */
  readonly pricePerKwh: number;
}

/** What a whole node took on one day, idle time included. */
interface NodeDay extends EnergySums {
  readonly day: number;
  readonly node_id: string;
  readonly seconds: number;
}

/** Days and nodes of one answer: a year of a large fleet. */
const MOST_NODE_DAYS = 20_000;

/** Whole nodes, in the order of the primary key but backwards in days. */
export const NODE_DAYS = `SELECT day, node_id, joules, joules_estimated, seconds FROM node_energy WHERE day >= ?
  ORDER BY day DESC, node_id LIMIT ${MOST_NODE_DAYS}`;

/**
 * Energy per day, node and model, of real work only, and per day and node of everything, the newest days first: JSON
 * `{days, data, nodes, totals, price}`.
 */
export function createEnergy(connection: Connection): (question: EnergyAsked) => Uint8Array {
  const nodeDays = connection.prepare<[number], NodeDay>(NODE_DAYS);
  const parts = cellParts(connection);
  return ({ days, since, now, pricePerKwh }) => {
    const work = [...parts.of({ from: since, to: LAST, now })];
    const nodes = nodeDays.all(since);
    const workOf = joulesOfNodes(work);
    const [allWork, allNodes] = [workTotals(work), nodeTotals(nodes)];
    const priceOf = ({ joules }: EnergySums): number => rounded((joules / JOULES_PER_KWH) * pricePerKwh);
    return writeAnswer({
      days,
      data: newestFirst(work, ({ energy }) => energy),
      nodes: nodes.map((row) => nodeView(row, workOf(row))),
      totals: { work: { ...energyOf(allWork), ...energyTokens(allWork) }, nodes: energyOf(allNodes) },
      price: pricePerKwh > 0 ? { per_kwh: pricePerKwh, work: priceOf(allWork), nodes: priceOf(allNodes) } : null,
    });
  };
}

const JOULES_PER_KWH = 3_600_000;

/** What the requests of a day took on a node, J; each day is added up when it is asked for. */
function joulesOfNodes(work: readonly CellPart[]): (row: NodeDay) => number {
  const pairsOf = new Map(work.map(({ day, pairs }) => [day, pairs]));
  return ({ day, node_id: id }) =>
    (pairsOf.get(day) ?? []).reduce((sum, pair) => sum + (pair.node_id === id ? pair.joules : 0), 0);
}

const nothing = { joules: 0, joules_estimated: 0, energy_prompt_tokens: 0, energy_completion_tokens: 0 };

/** Of what took any energy that is known: tokens of anything else would make the rest look thriftier. */
const workTotals = (work: readonly CellPart[]): typeof nothing =>
  mergeSums(
    work.flatMap(({ measured }) => measured ?? []),
    () => "",
  ).get("") ?? nothing;

const nodeTotals = (nodes: readonly NodeDay[]): EnergySums => ({
  joules: nodes.reduce((sum, row) => sum + row.joules, 0),
  joules_estimated: nodes.reduce((sum, row) => sum + row.joules_estimated, 0),
});

const nodeView = (row: NodeDay, workJoules: number) => ({
  day_bucket: row.day,
  node_id: row.node_id,
  ...energyOf(row),
  hours: rounded(row.seconds / 3600),
  work_wh: whOf(workJoules),
});
