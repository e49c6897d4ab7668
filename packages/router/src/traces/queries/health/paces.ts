import type { Connection } from "../../../storage/connection.ts";

/** Moments in Unix epoch seconds at full hours: usual is what lies between them, recent what came since the second. */
export interface PacesQuestion {
  readonly usualSince: number;
  readonly recentSince: number;
}

interface HourRow {
  readonly hour: number;
  readonly node_id: string;
  readonly model: string;
  readonly completed: number;
  readonly decode_ms: number;
  readonly decode_tokens: number;
  readonly ttft_ms: number;
  readonly ttft_count: number;
  readonly prompt_tokens: number;
  readonly requests: number;
}

/** Hours of nodes and models that are looked at, newest first. */
const MOST_HOURS = 50_000;

const columns =
  "hour, node_id, model, completed, decode_ms, decode_tokens, ttft_ms, ttft_count, prompt_tokens, requests";
const bounds = "traffic = '' AND kind IN ('chat', 'generate', '') AND node_id <> ''";

/** How fast nodes answer with models: the last hour against single hours before; real chats and generations only. */
export function createPaces(connection: Connection) {
  const between = connection.prepare<[number, number], HourRow>(
    `SELECT ${columns} FROM usage_hourly WHERE hour >= ? AND hour < ? AND ${bounds} ORDER BY hour DESC LIMIT ${MOST_HOURS}`,
  );
  return ({ usualSince, recentSince }: PacesQuestion) => {
    const recent = byPair(between.all(recentSince, Number.MAX_SAFE_INTEGER));
    const usual = recent.size === 0 ? new Map<string, HourRow[]>() : byPair(between.all(usualSince, recentSince));
    return [...recent].flatMap(([pair, now]) => {
      const [first] = now;
      const before = usual.get(pair);
      if (first === undefined || before === undefined) return [];
      const pace = (speedOf: SpeedOf) => paceOf(now, before, speedOf);
      return [
        {
          nodeId: first.node_id,
          model: first.model,
          decode: pace((rows) => quotient(sum(rows, "decode_tokens") * 1000, sum(rows, "decode_ms"))),
          firstToken: pace((rows) => quotient(sum(rows, "ttft_ms"), sum(rows, "ttft_count"))),
          promptTokens: pace((rows) => quotient(sum(rows, "prompt_tokens"), sum(rows, "requests"))),
        },
      ];
    });
  };
}

type SpeedOf = (rows: readonly HourRow[]) => number | undefined;

function paceOf(now: readonly HourRow[], before: readonly HourRow[], speedOf: SpeedOf) {
  const recent = speedOf(now);
  const hours = [...byHour(before).values()].flatMap((rows) => speedOf(rows) ?? []).toSorted((a, b) => a - b);
  const at = (share: number): number => hours[Math.min(hours.length - 1, Math.floor(share * hours.length))] ?? 0;
  if (recent === undefined || hours.length === 0) return undefined;
  return {
    recent,
    recentRequests: sum(now, "completed"),
    usual: at(0.5),
    low: at(0.1),
    high: at(0.9),
    hours: hours.length,
  };
}

const sum = (rows: readonly HourRow[], column: Exclude<keyof HourRow, "node_id" | "model">): number =>
  rows.reduce((total, row) => total + row[column], 0);

const quotient = (over: number, under: number): number | undefined =>
  over > 0 && under > 0 ? over / under : undefined;

const byPair = (rows: readonly HourRow[]) => grouped(rows, (row) => `${row.node_id.length}:${row.node_id}${row.model}`);
const byHour = (rows: readonly HourRow[]) => grouped(rows, (row) => row.hour);

function grouped<Key>(rows: readonly HourRow[], keyOf: (row: HourRow) => Key): Map<Key, HourRow[]> {
  const groups = new Map<Key, HourRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
