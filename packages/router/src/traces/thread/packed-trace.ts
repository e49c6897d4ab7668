/**
 * Requests on their way to the thread. Handing an object over copies the name of each of its members, which takes longer than
 * the values do: so what is handed over are lists, in a fixed order.
 */
import type { DecisionShort } from "../decision-short.ts";
import type { AttemptInput, TraceInput, TraceTimes, TraceUsage } from "../trace-input.ts";

/** One request as lists; see `packTrace` for the order. */
export type PackedTrace = ReturnType<typeof packTrace>;

/** The lists of a request. */
export const packTrace = (trace: TraceInput) =>
  [
    trace.requestId,
    trace.kind,
    trace.dialect,
    trace.endpoint,
    trace.isStream,
    trace.requestedModel,
    trace.servedModel,
    trace.isFallback,
    trace.clientAddress,
    trace.tags,
    trace.estimatedTokens,
    trace.outcome,
    trace.httpStatus,
    trace.isSimulated,
    trace.nodeId,
    trace.score,
    trace.breakdown,
    trace.retryCount,
    trace.excludedNodes,
    trace.edits,
    packTimes(trace.times),
    trace.usage === undefined ? undefined : packUsage(trace.usage),
    trace.attempts.map(packAttempt),
    trace.energy,
  ] as const;

/** The request of these lists. */
export const unpackTrace = (packed: PackedTrace): TraceInput => ({
  requestId: packed[0],
  kind: packed[1],
  dialect: packed[2],
  endpoint: packed[3],
  isStream: packed[4],
  requestedModel: packed[5],
  servedModel: packed[6],
  isFallback: packed[7],
  clientAddress: packed[8],
  tags: packed[9],
  estimatedTokens: packed[10],
  outcome: packed[11],
  httpStatus: packed[12],
  isSimulated: packed[13],
  nodeId: packed[14],
  score: packed[15],
  breakdown: packed[16],
  retryCount: packed[17],
  excludedNodes: packed[18],
  edits: packed[19],
  times: unpackTimes(packed[20]),
  usage: packed[21] === undefined ? undefined : unpackUsage(packed[21]),
  attempts: packed[22].map(unpackAttempt),
  energy: packed[23],
});

const packTimes = (times: TraceTimes) =>
  [times.endedAt, times.latencyMs, times.firstByteMs, times.queueWaitMs, times.overheadMs] as const;

const unpackTimes = ([endedAt, latencyMs, firstByteMs, queueWaitMs, overheadMs]: ReturnType<
  typeof packTimes
>): TraceTimes => ({ endedAt, latencyMs, firstByteMs, queueWaitMs, overheadMs });

const packUsage = (usage: TraceUsage) =>
  [
    usage.promptTokens,
    usage.completionTokens,
    usage.isEstimated,
    usage.finishReason,
    usage.loadMs,
    usage.prefillMs,
    usage.decodeMs,
  ] as const;

const unpackUsage = (packed: ReturnType<typeof packUsage>): TraceUsage => ({
  promptTokens: packed[0],
  completionTokens: packed[1],
  isEstimated: packed[2],
  finishReason: packed[3],
  loadMs: packed[4],
  prefillMs: packed[5],
  decodeMs: packed[6],
});

const packAttempt = (attempt: AttemptInput) =>
  [
    attempt.nodeId,
    attempt.backend,
    attempt.model,
    attempt.startedAt,
    attempt.endedMs,
    attempt.firstByteMs,
    attempt.httpStatus,
    attempt.failureClass,
    attempt.errorMessage,
    attempt.decision === undefined ? undefined : packDecision(attempt.decision),
  ] as const;

const unpackAttempt = (packed: ReturnType<typeof packAttempt>): AttemptInput => ({
  nodeId: packed[0],
  backend: packed[1],
  model: packed[2],
  startedAt: packed[3],
  endedMs: packed[4],
  firstByteMs: packed[5],
  httpStatus: packed[6],
  failureClass: packed[7],
  errorMessage: packed[8],
  decision: packed[9] === undefined ? undefined : unpackDecision(packed[9]),
});

const packDecision = ({ profile, winner, runner_up: next, ranked, rejected }: DecisionShort) =>
  [profile, packDecided(winner), packDecided(next), ranked, rejected] as const;

const unpackDecision = ([profile, winner, next, ranked, rejected]: ReturnType<typeof packDecision>): DecisionShort => ({
  profile,
  winner: unpackDecided(winner),
  runner_up: unpackDecided(next),
  ranked,
  rejected,
});

const packDecided = (decided: DecisionShort["winner"]) =>
  decided === null ? null : ([decided.node_id, decided.model, decided.total] as const);

const unpackDecided = (packed: ReturnType<typeof packDecided>): DecisionShort["winner"] =>
  packed === null ? null : { node_id: packed[0], model: packed[1], total: packed[2] };
