import type { Logger } from "pino";
import type { TraceInput } from "../traces/trace-input.ts";

/** The one line that a request leaves in the log. */
export function logEnded(log: Logger, trace: TraceInput): void {
  const { outcome, times } = trace;
  const about = {
    request_id: trace.requestId,
    model: trace.servedModel,
    node_id: trace.nodeId,
    endpoint: trace.endpoint,
    status: trace.httpStatus,
    latency_ms: Math.round(times.latencyMs),
    queue_ms: Math.round(times.queueWaitMs),
  };
  switch (outcome.kind) {
    case "completed":
      log.info(about, "request completed");
      return;
    case "cancelled":
      log.info(about, "the client left");
      return;
    case "rejected":
      log.warn({ ...about, code: outcome.code }, `request refused: ${outcome.detail}`);
      return;
    case "evicted":
      log.warn({ ...about, code: outcome.code }, `request gave up waiting: ${outcome.detail}`);
      return;
    case "failed":
      if (outcome.source === "client") log.warn({ ...about, code: outcome.code }, `request failed: ${outcome.detail}`);
      else log.error({ ...about, code: outcome.code }, `request failed: ${outcome.detail}`);
  }
}
