import type { Connection } from "../../../storage/connection.ts";

/** Real work of one node and model. Times are ms. */
interface UsedModel {
  readonly nodeId: string;
  readonly model: string;
  readonly requests7d: number;
  readonly requests24h: number;
  readonly queueWaitMs7d: number;
}

/** What recommendations ask of the records. */
export interface AdviceUsage {
  readonly used: readonly UsedModel[];
  /** Beginning of the last day with real work, Unix epoch seconds, of the last thirty days. */
  readonly lastUses: readonly { readonly nodeId: string; readonly model: string; readonly day: number }[];
  /** Hour of the oldest record, Unix epoch seconds; undefined when there is none. */
  readonly since: number | undefined;
}

const DAY_S = 86_400;
/** Pairs of node and model that are read; more than any fleet has. */
const MOST_PAIRS = 20_000;

/** What was really used, by node and model? Loads without a prompt are no use. */
export function createAdviceUsage(connection: Connection): (question: { readonly nowS: number }) => AdviceUsage {
  const used = connection.prepare<[{ week: number; day: number }], UsedModel>(
    `SELECT node_id AS nodeId, model, sum(requests) AS requests7d,
       sum(CASE WHEN hour >= @day THEN requests ELSE 0 END) AS requests24h, sum(queue_wait_ms) AS queueWaitMs7d
     FROM usage_hourly WHERE hour >= @week AND traffic = '' AND kind <> 'load' AND node_id <> ''
     GROUP BY node_id, model LIMIT ${MOST_PAIRS}`,
  );
  const lastUses = connection.prepare<[number], AdviceUsage["lastUses"][number]>(
    `SELECT node_id AS nodeId, model, max(day) AS day FROM usage_sketches
     WHERE day >= ? AND traffic = '' AND node_id <> '' GROUP BY node_id, model LIMIT ${MOST_PAIRS}`,
  );
  const oldest = connection.prepare<[], number | null>("SELECT min(hour) FROM usage_hourly").pluck();
  return ({ nowS }) => ({
    used: used.all({ week: hourOf(nowS - 7 * DAY_S), day: hourOf(nowS - DAY_S) }),
    lastUses: lastUses.all(nowS - 31 * DAY_S),
    since: oldest.get() ?? undefined,
  });
}

/** The bucket that an instant lies in is counted whole. */
const hourOf = (seconds: number): number => Math.floor(seconds / 3_600) * 3_600;
