import type { Connection } from "../../../storage/connection.ts";
import { parseJson } from "../../../storage/parse-json.ts";

/** Which events. */
export interface EventListQuestion {
  /** Unix epoch seconds. */
  readonly since: number;
  readonly limit: number;
  readonly model?: string | undefined;
  readonly nodeId?: string | undefined;
}

interface EventRow {
  readonly timestamp: number;
  readonly event: string;
  readonly node_id: string;
  readonly model: string;
  readonly details: string | null;
}

/** Events that one answer looks through at most: those of a month on a busy fleet. */
const MOST_LOOKED_AT = 20_000;

/** What happened to models on nodes? Newest first. */
export function createEventList(connection: Connection) {
  const select = connection.prepare<[object], EventRow>(
    `SELECT timestamp, event, node_id, model, details FROM
       (SELECT * FROM model_events WHERE timestamp >= @since ORDER BY timestamp DESC LIMIT ${MOST_LOOKED_AT})
     WHERE (@model IS NULL OR model = @model) AND (@nodeId IS NULL OR node_id = @nodeId)
     ORDER BY timestamp DESC LIMIT @limit`,
  );
  return ({ since, limit, model = undefined, nodeId = undefined }: EventListQuestion) =>
    select
      .all({ since, limit, model: model ?? null, nodeId: nodeId ?? null })
      .map((row) => ({ ...row, details: parseJson(row.details) ?? null }));
}
