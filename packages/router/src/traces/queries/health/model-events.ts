import type { Connection } from "../../../storage/connection.ts";
import { parseJson } from "../../../storage/parse-json.ts";

interface EventRow {
  readonly timestamp: number;
  readonly event: string;
  readonly node_id: string;
  readonly model: string;
  readonly details: string | null;
}

const MOST_EVENTS = 500;
/** Longest reason that is handed on, characters. */
const LONGEST_REASON = 300;

/** What happened to models on nodes since then (Unix epoch seconds), newest first. */
export function createModelEvents(connection: Connection) {
  const select = connection.prepare<[number], EventRow>(
    `SELECT timestamp, event, node_id, model, details FROM model_events
     WHERE timestamp >= ? ORDER BY timestamp DESC LIMIT ${MOST_EVENTS}`,
  );
  return (since: number) =>
    select.all(since).map(({ timestamp, event, node_id: nodeId, model, details }) => ({
      at: timestamp * 1000,
      event,
      nodeId,
      model,
      reason: reasonIn(details),
    }));
}

function reasonIn(details: string | null): string {
  const told = parseJson(details);
  if (typeof told !== "object" || told === null) return "";
  const reason = ["error", "reason", "detail"].map((name) => (told as Record<string, unknown>)[name]);
  const text = reason.find((value) => typeof value === "string");
  return typeof text === "string" ? text.slice(0, LONGEST_REASON) : "";
}
