import { SLOW_MS, type TraceQuestion } from "./trace-question.ts";

/** Every filter as one condition: null parameters do not filter. JSON that somebody wrote by hand may be none. */
export const conditions = `(simulated IS NOT 1 OR @demo = 1)
  AND (@model IS NULL OR model COLLATE NOCASE IN (@model, @taggedModel))
  AND (@originalModel IS NULL OR original_model COLLATE NOCASE IN (@originalModel, @taggedOriginal))
  AND (@nodeId IS NULL OR node_id = @nodeId)
  AND (@statuses IS NULL OR instr(@statuses, ',' || status || ',') > 0)
  AND (@tag IS NULL OR CASE WHEN json_valid(tags) THEN EXISTS (SELECT 1 FROM json_each(tags) WHERE value = @tag) END)
  AND (@kind IS NULL OR kind = @kind)
  AND (@endpoint IS NULL OR endpoint = @endpoint)
  AND (@dialect IS NULL OR original_format = @dialect)
  AND (@errorCode IS NULL OR error_code = @errorCode)
  AND (@idFrom IS NULL OR (request_id >= @idFrom AND request_id < @idTo))
  AND (@traffic IS NULL OR coalesce(traffic, CASE WHEN simulated = 1 THEN 'demo' ELSE 'real' END) = @traffic)
  AND (@minLatencyMs IS NULL OR latency_ms >= @minLatencyMs)
  AND (@minQueueMs IS NULL OR queue_wait_ms >= @minQueueMs)
  AND (@isSlow = 0 OR latency_ms >= ${SLOW_MS.latency} OR time_to_first_token_ms >= ${SLOW_MS.firstByte})`;

/** Filters whose parameter is what was asked. */
const plain = [
  "model",
  "originalModel",
  "nodeId",
  "tag",
  "kind",
  "endpoint",
  "dialect",
  "errorCode",
  "minLatencyMs",
  "minQueueMs",
] as const satisfies readonly (keyof TraceQuestion)[];

/** The parameters of the conditions. */
export function conditionParameters(question: TraceQuestion): Readonly<Record<string, string | number | null>> {
  const { model, originalModel, traffic, statuses, requestId } = question;
  return {
    ...Object.fromEntries(plain.map((filter) => [filter, question[filter] ?? null])),
    taggedModel: tagged(model),
    idFrom: requestId ?? null,
    // Nothing that begins like that comes after it.
    idTo: requestId === undefined ? null : `${requestId}\u{10ffff}`,
    taggedOriginal: tagged(originalModel),
    demo: question.withSimulated ? 1 : 0,
    statuses: statuses === undefined ? null : `,${statuses.join(",")},`,
    traffic: traffic === undefined || traffic === "all" ? null : traffic,
    isSlow: question.isSlow === true ? 1 : 0,
  };
}

/** A name without a tag is that of `:latest`. */
function tagged(name: string | undefined): string | null {
  if (name === undefined) return null;
  return name.includes(":") ? name : `${name}:latest`;
}
