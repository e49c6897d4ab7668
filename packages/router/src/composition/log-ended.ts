import type { Logger } from "pino";
import type { TraceInput } from "../traces/trace-input.ts";

/** Where the lines about requests go. */
export interface RequestLog {
  /** For everything but a good end. */
  readonly log: Logger;
  /** Takes a whole line of the log file; undefined where lines of level INFO are not wanted. */
  readonly writeLine: ((line: string) => void) | undefined;
}

/** The one line that a request leaves in the log. */
export function logEnded({ log, writeLine }: RequestLog, trace: TraceInput): void {
  const { outcome } = trace;
  switch (outcome.kind) {
    case "completed":
      writeLine?.(endLine(trace, "request completed"));
      return;
    case "cancelled":
      writeLine?.(endLine(trace, "the client left"));
      return;
    case "rejected":
      log.warn({ ...about(trace), code: outcome.code }, `request refused: ${outcome.detail}`);
      return;
    case "evicted":
      log.warn({ ...about(trace), code: outcome.code }, `request gave up waiting: ${outcome.detail}`);
      return;
    case "failed":
      if (outcome.source === "client")
        log.warn({ ...about(trace), code: outcome.code }, `request failed: ${outcome.detail}`);
      else log.error({ ...about(trace), code: outcome.code }, `request failed: ${outcome.detail}`);
  }
}

function about(trace: TraceInput) {
  return {
    request_id: trace.requestId,
    model: trace.servedModel,
    node_id: trace.nodeId,
    endpoint: trace.endpoint,
    status: trace.httpStatus,
    latency_ms: Math.round(trace.times.latencyMs),
    queue_ms: Math.round(trace.times.queueWaitMs),
    ...(trace.isSimulated ? { simulated: true } : {}),
  };
}

/**
 * The line of a good end, in the form that the logger gives all others. It is written here by hand, since it is the one
 * line that every request costs.
 */
function endLine(trace: TraceInput, sentence: string): string {
  const { times, requestId, servedModel, nodeId, endpoint, httpStatus } = trace;
  // Joined, not added: one flat text is cheaper to keep than a tree of pieces.
  return [
    '{"ts": "',
    new Date(times.endedAt).toISOString(),
    '", "level": "INFO", "logger": "requests", "request_id": "',
    requestId,
    '", "model": ',
    quoted(servedModel),
    ', "node_id": ',
    quoted(nodeId),
    ', "endpoint": ',
    quoted(endpoint),
    ', "status": ',
    httpStatus ?? "null",
    ', "latency_ms": ',
    Math.round(times.latencyMs),
    ', "queue_ms": ',
    Math.round(times.queueWaitMs),
    trace.isSimulated ? ', "simulated": true' : "",
    ', "msg": "',
    sentence,
    '"}\n',
  ].join("");
}

const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** Nothing in it needs an escape in JSON. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
