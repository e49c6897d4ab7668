import type { Connection } from "../../../storage/connection.ts";
import { type WrittenRows, writeRows } from "../written.ts";
import { createDayParts, perConnection } from "./day-parts.ts";
import { energyRow, type PairSums } from "./energy-row.ts";
import { mergeSums } from "./merge-sums.ts";
import { MOST_ROWS } from "./most-rows.ts";
import { dayOf } from "./usage-range.ts";
import { endsOf, mean, meansOf, SUMS, type SummedRow, tokensOf } from "./usage-row.ts";

/** The sums of a model's requests. */
export interface ModelSums extends SummedRow {
  readonly model: string;
  readonly latency_min: number | null;
  readonly latency_max: number | null;
  readonly decode_ms: number;
  readonly decode_tokens: number;
}

type Cell = ModelSums & PairSums;

/** What is told of a day's real work. */
export interface CellPart {
  /** Its beginning, Unix epoch seconds. */
  readonly day: number;
  /** Per node and model. Requests that reached no node have an empty `node_id`. */
  readonly nodes: WrittenRows;
  /** Per model that a node had. */
  readonly models: WrittenRows;
  readonly modelSums: readonly ModelSums[];
  /** As rows of energy, of those that took any. */
  readonly energy: WrittenRows;
  readonly pairs: readonly PairSums[];
  /** All that took any energy that is known; undefined where nothing did. */
  readonly measured: PairSums | undefined;
  /** Everything, also what reached no node; undefined for a day without requests. */
  readonly all: SummedRow | undefined;
}

/** Real work of some hours by node and model. The bound is for memory: there are as many groups as pairs that served. */
export const CELLS = `SELECT node_id, model, ${SUMS}, min(latency_min) AS latency_min, max(latency_max) AS latency_max,
  sum(decode_ms) AS decode_ms, sum(decode_tokens) AS decode_tokens, sum(joules) AS joules,
  sum(joules_estimated) AS joules_estimated, sum(iif(joules > 0, prompt_tokens, 0)) AS energy_prompt_tokens,
  sum(iif(joules > 0, completion_tokens, 0)) AS energy_completion_tokens
  FROM usage_hourly WHERE hour >= ? AND hour < ? AND traffic = '' GROUP BY node_id, model ORDER BY node_id, model
  LIMIT ${MOST_ROWS * 5}`;

/** The parts that questions about nodes, models and everything share. */
export const cellParts = perConnection((connection: Connection) => {
  const select = connection.prepare<[number, number], Cell>(CELLS);
  return createDayParts<CellPart>(connection, {
    table: "usage_hourly",
    make: (fromHour, toHour) => partOf(select.all(fromHour, toHour), dayOf(fromHour)),
    weigh: ({ nodes, models, energy, modelSums, pairs }) =>
      nodes.bytes.length + models.bytes.length + energy.bytes.length + (modelSums.length + pairs.length) * SUMS_BYTES,
  });
});

/** Memory of one object with sums. */
const SUMS_BYTES = 250;

function partOf(cells: readonly Cell[], day: number): CellPart {
  const served = cells.filter(({ node_id }) => node_id !== "");
  const modelSums = [...mergeSums(served.map(sumsOf), ({ model }) => model).values()].toSorted(byModel);
  const measured = cells.filter(({ joules }) => joules > 0);
  return {
    day,
    nodes: writeRows(cells.map((cell) => nodeView(cell, day))),
    models: writeRows(modelSums.map((sums) => modelView(sums, day))),
    modelSums,
    energy: writeRows(measured.map((cell) => energyRow(cell, day))),
    pairs: cells.map(pairOf),
    measured: mergeSums(measured.map(pairOf), () => "").get(""),
    all: mergeSums<SummedRow>(cells, () => "").get(""),
  };
}

const sumsOf = ({ node_id: _, ...sums }: Cell): ModelSums => sums;

const pairOf = ({ node_id, model, requests, ...cell }: Cell): PairSums => ({
  node_id,
  model,
  requests,
  energy_prompt_tokens: cell.energy_prompt_tokens,
  energy_completion_tokens: cell.energy_completion_tokens,
  joules: cell.joules,
  joules_estimated: cell.joules_estimated,
  last_seen: cell.last_seen,
});

const byModel = (one: ModelSums, other: ModelSums): number => (one.model < other.model ? -1 : 1);

const nodeView = (cell: Cell, day: number) => ({
  node_id: cell.node_id,
  model: cell.model,
  day_bucket: day,
  request_count: cell.requests,
  ...endsOf(cell),
  ...meansOf(cell),
  ...tokensOf(cell),
  total_retries: cell.retries,
  total_fallbacks: cell.fallbacks,
  joules: cell.joules,
  joules_estimated: cell.joules_estimated,
});

const modelView = (sums: ModelSums, day: number) => ({
  model_name: sums.model,
  day_bucket: day,
  request_count: sums.requests,
  ...meansOf(sums),
  ...tokensOf(sums),
  ...endsOf(sums),
});

/** A model in all of a span. */
export const modelSummary = (sums: ModelSums) => ({
  model_name: sums.model,
  total_requests: sums.requests,
  ...meansOf(sums),
  min_latency_ms: sums.latency_min,
  max_latency_ms: sums.latency_max,
  ...tokensOf(sums),
  tokens_per_s: mean(sums.decode_tokens * 1000, sums.decode_ms),
  ...endsOf(sums),
  first_seen: sums.first_seen,
  last_seen: sums.last_seen,
});
