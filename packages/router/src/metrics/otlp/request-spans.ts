import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace as traces,
} from "@opentelemetry/api";
import type { AttemptInput, TraceInput } from "../../traces/trace-input.ts";
import { operationName } from "../accounts.ts";
import { cleanLabel } from "../label-book.ts";
import type { RequestSpanIds } from "./span-book.ts";

/** Makes spans with ids that were given out before. */
export interface SpanMaker {
  readonly tracer: Tracer;
  /** The ids of the next span that the tracer makes. */
  readonly useNext: (ids: { readonly traceId: string; readonly spanId: string }) => void;
}

/** Hands the spans of one ended request over: its own (server), and below it one (client) for each call of a node. */
export function tellRequest(maker: SpanMaker, trace: TraceInput, ids: RequestSpanIds): void {
  const { traceId, spanId, parent, calls } = ids;
  const { endedAt, latencyMs } = trace.times;
  maker.useNext({ traceId, spanId });
  const above = parent === undefined ? ROOT_CONTEXT : contextOf({ traceId, spanId: parent.spanId });
  const startTime = endedAt - latencyMs;
  const options = { kind: SpanKind.SERVER, startTime, attributes: requestAttributes(trace) };
  const span = maker.tracer.startSpan(`POST ${cleanLabel(pathOf(trace))}`, options, above);
  tellStatus(span, failureOf(trace));
  const sent = trace.attempts.filter(({ failureClass }) => failureClass !== "unsuited");
  for (const [at, attempt] of sent.entries()) {
    const call = calls[at];
    if (call === undefined) continue;
    maker.useNext({ traceId, spanId: call });
    tellCall(maker.tracer, { trace, attempt, above: contextOf({ traceId, spanId }) });
  }
  span.end(endedAt);
}

const contextOf = (ids: { readonly traceId: string; readonly spanId: string }): Context =>
  traces.setSpanContext(ROOT_CONTEXT, { ...ids, traceFlags: TraceFlags.SAMPLED, isRemote: true });

/** A path without its query, which may hold anything. */
const pathOf = ({ endpoint }: TraceInput): string => endpoint.split("?")[0] ?? "";

function requestAttributes(trace: TraceInput): Attributes {
  const { times, outcome, usage, httpStatus } = trace;
  return known({
    "http.request.method": "POST",
    "url.path": cleanLabel(pathOf(trace)),
    "http.response.status_code": httpStatus,
    "gen_ai.operation.name": operationName(trace.kind),
    "gen_ai.provider.name": "herd",
    "gen_ai.request.model": cleanLabel(trace.requestedModel),
    "gen_ai.response.model": cleanLabel(trace.servedModel),
    "gen_ai.usage.input_tokens": usage?.promptTokens,
    "gen_ai.usage.output_tokens": usage?.completionTokens,
    "gen_ai.response.finish_reasons": usage?.finishReason === undefined ? undefined : [cleanLabel(usage.finishReason)],
    "error.type": failureOf(trace)?.code,
    "herd.request_id": trace.requestId,
    "herd.dialect": trace.dialect,
    "herd.outcome": outcome.kind,
    "herd.node": trace.nodeId,
    "herd.queue_wait_ms": times.queueWaitMs,
    "herd.overhead_ms": times.overheadMs,
    "herd.retries": trace.retryCount,
    "herd.simulated": trace.isSimulated || undefined,
  });
}

interface Call {
  readonly trace: TraceInput;
  readonly attempt: AttemptInput;
  readonly above: Context;
}

function tellCall(tracer: Tracer, { trace, attempt, above }: Call): void {
  const { startedAt, endedMs, firstByteMs, failureClass, errorMessage, model } = attempt;
  const attributes = known({
    "gen_ai.operation.name": operationName(trace.kind),
    "gen_ai.provider.name": attempt.backend.startsWith("openai") ? "openai" : "ollama",
    "gen_ai.request.model": cleanLabel(model),
    "server.address": attempt.nodeId,
    "herd.backend": cleanLabel(attempt.backend),
    "http.response.status_code": attempt.httpStatus,
    "error.type": failureClass,
  });
  const name = `${operationName(trace.kind)} ${cleanLabel(model)}`;
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime: startedAt, attributes }, above);
  if (firstByteMs !== undefined) span.addEvent("first byte", startedAt + firstByteMs);
  tellStatus(span, failureClass === undefined ? undefined : { code: failureClass, detail: errorMessage ?? "" });
  span.end(startedAt + endedMs);
}

interface Failure {
  readonly code: string;
  readonly detail: string;
}

function failureOf({ outcome }: TraceInput): Failure | undefined {
  return outcome.kind === "completed" || outcome.kind === "cancelled" ? undefined : outcome;
}

function tellStatus(span: Span, failure: Failure | undefined): void {
  if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: cleanLabel(failure.detail) });
}

/** Without what is not known. */
const known = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined && value !== ""));
