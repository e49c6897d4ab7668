import type { Connection } from "../../../storage/connection.ts";

/** Real work of a day, of all nodes together. */
export interface BriefingTraffic {
  readonly requests: number;
  readonly failed: number;
  readonly tokens: number;
  readonly fallbacks: number;
  /** Requests of the day before. */
  readonly requestsBefore: number;
  /** What these requests took of energy; 0 when nothing is known. */
  readonly joules: number;
  /** The most used models, the first one most; at most three. */
  readonly topModels: readonly { readonly model: string; readonly requests: number }[];
}

type Sums = Omit<BriefingTraffic, "requestsBefore" | "topModels">;

const DAY_S = 86_400;
const REAL = "traffic = '' AND kind <> 'load'";

/** What was asked of the fleet in the last day, and how much in the one before? */
export function createBriefingTraffic(
  connection: Connection,
): (question: { readonly nowS: number }) => BriefingTraffic {
  const sums = connection.prepare<[number], Sums>(
    `SELECT coalesce(sum(requests), 0) AS requests, coalesce(sum(failed + incomplete), 0) AS failed,
       coalesce(sum(prompt_tokens + completion_tokens), 0) AS tokens, coalesce(sum(fallbacks), 0) AS fallbacks,
       coalesce(sum(joules), 0) AS joules
     FROM usage_hourly WHERE hour >= ? AND ${REAL}`,
  );
  const before = connection
    .prepare<[number, number], number>(
      `SELECT coalesce(sum(requests), 0) FROM usage_hourly WHERE hour >= ? AND hour < ? AND ${REAL}`,
    )
    .pluck();
  const top = connection.prepare<[number], BriefingTraffic["topModels"][number]>(
    `SELECT model, sum(requests) AS requests FROM usage_hourly WHERE hour >= ? AND ${REAL} AND model <> ''
     GROUP BY model ORDER BY 2 DESC, 1 LIMIT 3`,
  );
  return ({ nowS }) => {
    const day = Math.floor(nowS / 3_600) * 3_600 - DAY_S;
    const zero: Sums = { requests: 0, failed: 0, tokens: 0, fallbacks: 0, joules: 0 };
    const topModels = top.all(day).filter(({ requests }) => requests > 0);
    return { ...(sums.get(day) ?? zero), requestsBefore: before.get(day - DAY_S, day) ?? 0, topModels };
  };
}
