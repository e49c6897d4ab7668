import type { AttemptInput, TraceEnergy, TraceInput, TraceUsage } from "../traces/trace-input.ts";
import type { EndedRequest } from "./ended-request.ts";
import { type AttemptNote, type Journey, usageOfJourney } from "./journey.ts";
import { safeTrace } from "./records/safe-trace.ts";

/** What the trace takes from the clocks: Unix epoch ms minus monotonic ms. */
export interface TraceClock {
  readonly epochOffset: number;
  /** What the request took, as measured beside it. */
  readonly energy?: TraceEnergy | undefined;
}

/** One ended request in the form in which it is stored. */
export function traceOf(ended: EndedRequest, clock: TraceClock): TraceInput {
  const { journey } = ended;
  const trace: TraceInput = {
    requestId: ended.requestId,
    dialect: ended.dialect,
    endpoint: ended.path,
    isFallback: (journey?.attempts.at(-1) ?? journey)?.isFallback === true,
    clientAddress: ended.client.address,
    outcome: ended.outcome,
    httpStatus: ended.status,
    times: timesOf(ended, clock),
    energy: clock.energy,
    ...(journey === undefined ? unreadable(ended) : journeyColumns(journey, clock)),
  };
  return safeTrace(trace, ended.body);
}

type JourneyColumns = Omit<
  TraceInput,
  "requestId" | "dialect" | "endpoint" | "isFallback" | "clientAddress" | "outcome" | "httpStatus" | "times" | "energy"
>;

/** A body that could not be read tells nothing but its route. */
const unreadable = ({ kind }: EndedRequest): JourneyColumns => ({
  kind,
  isStream: false,
  requestedModel: "",
  servedModel: "",
  isSimulated: false,
  tags: [],
  estimatedTokens: undefined,
  nodeId: "",
  score: undefined,
  breakdown: undefined,
  retryCount: 0,
  excludedNodes: [],
  edits: [],
  usage: undefined,
  attempts: [],
});

function journeyColumns(journey: Journey, clock: TraceClock): JourneyColumns {
  const { facts, attempts } = journey;
  const last = attempts.at(-1);
  return {
    kind: facts.kind,
    isStream: facts.isStream,
    requestedModel: facts.requestedModel,
    servedModel: last?.pick.candidate.model.name ?? facts.model,
    isSimulated: last?.pick.candidate.node.isSimulated ?? false,
    tags: tagsOf(facts),
    estimatedTokens: facts.promptTokens,
    nodeId: last?.pick.candidate.node.nodeId ?? "",
    score: last?.pick.total,
    breakdown: last === undefined ? undefined : breakdownOf(last),
    retryCount: Math.max(0, attempts.length - 1),
    excludedNodes: failedNodes(journey),
    edits: journey.editLabels,
    usage: usageOf(journey),
    attempts: attempts.map((attempt) => attemptOf(attempt, clock)),
  };
}

/** The predecessor's order: the body's tags, then the user as a tag. */
function tagsOf({ tags, user }: Journey["facts"]): readonly string[] {
  const all = user === undefined || user === "" ? tags : [...tags, `user:${user}`];
  return [...new Set(all)];
}

function breakdownOf({ pick }: AttemptNote): Readonly<Record<string, number>> {
  const points = pick.parts.map(({ signal, weight, reading }) => [signal, rounded(weight * reading.score)] as const);
  return { ...Object.fromEntries(points), total: rounded(pick.total) };
}

const rounded = (points: number): number => Math.round(points * 100) / 100;

function failedNodes({ attempts }: Journey): readonly string[] {
  const failed = attempts.filter(({ result }) => result.kind === "failed");
  return [...new Set(failed.map(({ pick }) => pick.candidate.node.nodeId))];
}

function timesOf(ended: EndedRequest, { epochOffset }: TraceClock): TraceInput["times"] {
  const { journey, arrivedAt, endedAt } = ended;
  const last = journey?.attempts.at(-1);
  const firstByteAt = last === undefined || last.result.kind === "failed" ? undefined : last.result.firstByteAt;
  const tried = (journey?.attempts ?? []).reduce((sum, attempt) => sum + attempt.endedAt - attempt.startedAt, 0);
  const queueMs = journey?.queueMs ?? 0;
  return {
    endedAt: endedAt + epochOffset,
    latencyMs: endedAt - arrivedAt,
    firstByteMs: firstByteAt === undefined ? undefined : firstByteAt - arrivedAt,
    queueWaitMs: queueMs,
    overheadMs: Math.max(0, endedAt - arrivedAt - queueMs - tried),
  };
}

function usageOf(journey: Journey): TraceUsage | undefined {
  const usage = usageOfJourney(journey);
  if (usage === undefined) return undefined;
  const isEstimated = usage.outputTokens === undefined || usage.promptTokens === undefined;
  return {
    promptTokens: usage.promptTokens ?? journey.facts.promptTokens,
    completionTokens: usage.outputTokens ?? usage.contentRecords,
    isEstimated,
    finishReason: usage.finishReason,
    loadMs: usage.loadMs,
    prefillMs: usage.prefillMs,
    decodeMs: usage.decodeMs,
  };
}

function attemptOf(
  { pick, startedAt, endedAt, result, decision }: AttemptNote,
  { epochOffset }: TraceClock,
): AttemptInput {
  const { candidate } = pick;
  const hasFailed = result.kind === "failed" || result.kind === "broken";
  const firstByteAt = result.kind === "failed" ? undefined : result.firstByteAt;
  return {
    nodeId: candidate.node.nodeId,
    backend: candidate.backend.id,
    model: candidate.model.name,
    startedAt: startedAt + epochOffset,
    endedMs: endedAt - startedAt,
    firstByteMs: firstByteAt === undefined ? undefined : firstByteAt - startedAt,
    httpStatus: result.kind === "completed" || result.kind === "failed" ? result.status : undefined,
    failureClass: hasFailed ? result.failureClass : undefined,
    errorMessage: hasFailed ? result.detail : undefined,
    decision,
  };
}
