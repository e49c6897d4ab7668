import type { Connection } from "../../storage/connection.ts";

/** Which days are asked for. */
export interface EnergyAsked {
  /** Beginning of the first UTC day, Unix epoch s. */
  readonly since: number;
}

/** What real work with one model on one node took on one day. */
export interface WorkEnergy {
  readonly day: number;
  readonly node_id: string;
  readonly model: string;
  readonly joules: number;
  readonly joules_estimated: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

/** What a whole node took on one day, idle time included. */
export interface NodeDayEnergy {
  readonly day: number;
  readonly node_id: string;
  readonly joules: number;
  readonly joules_estimated: number;
  readonly seconds: number;
}

/** Energy of work and of nodes. */
export interface EnergyAnswer {
  readonly work: readonly WorkEnergy[];
  readonly nodes: readonly NodeDayEnergy[];
}

/** Days, nodes and models together; a year of a large fleet. */
const MOST_ROWS = 50_000;

/** Energy per day, node and model, of real work only, and per day and node of everything. Newest days first. */
export function createEnergy(connection: Connection): (question: EnergyAsked) => EnergyAnswer {
  const work = connection.prepare<[EnergyAsked], WorkEnergy>(
    `SELECT hour - hour % 86400 AS day, node_id, model, sum(joules) AS joules, sum(joules_estimated) AS joules_estimated,
       sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens
     FROM usage_hourly WHERE hour >= @since AND traffic = '' AND joules > 0
     GROUP BY 1, 2, 3 ORDER BY 1 DESC, 2, 3 LIMIT ${MOST_ROWS}`,
  );
  const nodes = connection.prepare<[EnergyAsked], NodeDayEnergy>(
    `SELECT day, node_id, joules, joules_estimated, seconds FROM node_energy WHERE day >= @since
     ORDER BY day DESC, node_id LIMIT ${MOST_ROWS}`,
  );
  return (question) => ({ work: work.all(question), nodes: nodes.all(question) });
}
