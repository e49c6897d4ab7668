import { fromGib } from "@herd/shared";
import { Admission } from "../admission/admission.ts";
import { LaneBook } from "../admission/lane-book.ts";
import { type AttemptDependencies, startAttempt } from "../dispatch/attempt.run.ts";
import type { Breakers } from "../dispatch/breaker.ts";
import { LoadBlocks } from "../dispatch/load-blocks.ts";
import { Pools } from "../dispatch/pools.run.ts";
import { RetryBudget } from "../dispatch/retry-budget.ts";
import { RunningAttempts } from "../dispatch/running-attempts.ts";
import { forwardedHeaders } from "../dispatch/upstream-headers.ts";
import type { Decision } from "../domain/decision.ts";
import type { Holder } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { visibleFleet } from "../fleet/demo/visible-fleet.ts";
import type { LearnedSpeedsBook } from "../fleet/speeds/learned-speeds.ts";
import { cloudHolders } from "../models/cloud-holders.ts";
import type { NameBook } from "../models/name-book.ts";
import { expectedBytes, measuredSizes } from "../models/size-estimate.ts";
import type { TokenEstimate } from "../models/token-estimate.ts";
import type { EndedRequest } from "../pipeline/ended-request.ts";
import { breakerKeyOf, learnFrom } from "../pipeline/learn-from.ts";
import type { EndedAttempt, ServeParts } from "../pipeline/parts.ts";
import { traceOf } from "../pipeline/trace-of.ts";
import { type ViewSources, viewOf } from "../pipeline/view-of.ts";
import { filters } from "../scheduling/filters.ts";
import { best } from "../scheduling/pickers/best.ts";
import { signalsProfile, withWeights } from "../scheduling/profile.ts";
import { createScheduler, type Scheduler } from "../scheduling/scheduler.ts";
import { signalsWith } from "../scheduling/signals.ts";
import { keepDecision, type StoredDecision } from "../scheduling/stored-decision.ts";
import type { RouterSettings } from "../settings/settings.ts";
import { DecisionLog } from "../traces/decision-log.ts";
import { shortDecision } from "../traces/decision-short.ts";
import type { TraceInput } from "../traces/trace-input.ts";
import { createCallTools } from "./calls/call-tools.ts";
import { learnSpeeds } from "./calls/learn-speeds.ts";
import { createModelNames, type NameSources } from "./calls/model-names.ts";
import type { FleetParts } from "./fleet-parts.ts";
import { createMissingNames } from "./health/traffic/missing-names.ts";
import { logEnded, type RequestLog } from "./log-ended.ts";
import type { Metering } from "./metering/metering.ts";
import type { AutoPull } from "./pulls/auto-pull.ts";
import type { Stores } from "./stores.ts";

/** What serving needs from outside. */
export interface ServingSources {
  readonly settings: RouterSettings;
  readonly requestLog: RequestLog;
  readonly stores: Stores;
  readonly fleet: FleetParts;
  readonly names: NameBook;
  readonly speeds: LearnedSpeedsBook;
  readonly tokens: TokenEstimate;
  readonly breakers: Breakers;
  readonly metering: Metering;
  /** ms, never going back. */
  readonly now: () => number;
  /** A loopback backend refused: ask its agent's port. */
  readonly checkNode: (node: Holder["node"]["nodeId"]) => void;
  readonly autoPull: AutoPull;
}

/** Lanes, dispatch and everything that a request passes through. */
export function createServingParts(sources: ServingSources) {
  const { settings, fleet, speeds, now, breakers } = sources;
  const book = createBook(sources);
  const loadBlocks = new LoadBlocks();
  const running = new RunningAttempts();
  const pools = new Pools({ connectTimeoutMs: settings.connectTimeoutMs });
  const views: ViewSources = {
    fleet: () => fleet.registry.snapshot(),
    book,
    cloudHolders,
    learnedOf: (laneKey) => speeds.of(laneKey),
    breakerOf: (holder) => breakers.state(breakerKeyOf(holder), now()),
    isLoadBlocked: (laneKey) => loadBlocks.isBlocked(laneKey, now()),
    expectedBytes,
    measuredSizes,
    now,
    epochNow: fleet.clock.now,
  };
  const admission = createAdmission(sources, { book, views });
  const decisions = new DecisionLog<StoredDecision>(settings.decisionsKept);
  const attempts: AttemptDependencies = {
    pools,
    running,
    now,
    signCall: (node, call) => fleet.keys.sign(node, call),
    get stallCapMs() {
      return settings.stallCapS * 1000;
    },
    get loadsFirst() {
      return settings.loadFirst;
    },
  };
  const endings: Endings = { listener: undefined };
  const follow = (listener: Endings["listener"]): void => {
    endings.listener = listener;
  };
  const missingFallbacks = createMissingNames(fleet.clock.now);
  const serving = createServeParts(sources, { admission, decisions, attempts, loadBlocks, endings });
  const parts: ServeParts = { ...serving, onMissingFallback: missingFallbacks.note };
  return { follow, parts, missingFallbacks, attempts, admission, book, decisions, running, pools, views };
}

/** The parts of serving. */
export type ServingParts = ReturnType<typeof createServingParts>;

function createBook({ settings, speeds }: ServingSources): LaneBook {
  return new LaneBook({
    assumedParallelism: {
      ollama: settings.assumedParallelism.ollama,
      "openai-compatible": settings.assumedParallelism.other,
    },
    maxParallelism: settings.maxParallelism,
    firstByteMs: (laneKey) => speeds.of(laneKey).firstTokenMs,
  });
}

function createAdmission(
  sources: ServingSources,
  { book, views }: { readonly book: LaneBook; readonly views: ViewSources },
): Admission {
  const { settings, now } = sources;
  const scheduler = createLiveScheduler(settings);
  return new Admission({
    now,
    book,
    decide: (applicant, ahead) => scheduler().schedule(viewOf(views, applicant, ahead)),
    rules: {
      get queueLimit() {
        return settings.queueLimit;
      },
      get waitDeadlineMs() {
        return settings.waitDeadlineS * 1000;
      },
    },
  });
}

/** The scheduler of the settings of this moment: made anew only when they have changed. */
function createLiveScheduler(settings: RouterSettings): () => Scheduler {
  const make = ({ roleLargeThresholdGb, roleSmallThresholdGb, weights }: RouterSettings): Scheduler =>
    createScheduler({
      filters,
      signals: signalsWith({ largeBytes: fromGib(roleLargeThresholdGb), smallBytes: fromGib(roleSmallThresholdGb) }),
      picker: best,
      profile: withWeights(signalsProfile, weights),
    });
  let madeOf = { ...settings };
  let scheduler = make(madeOf);
  return () => {
    const { weights, roleLargeThresholdGb: large, roleSmallThresholdGb: small } = settings;
    if (weights !== madeOf.weights || large !== madeOf.roleLargeThresholdGb || small !== madeOf.roleSmallThresholdGb) {
      madeOf = { ...settings };
      scheduler = make(madeOf);
    }
    return scheduler;
  };
}

interface Inner {
  readonly admission: Admission;
  readonly decisions: DecisionLog<StoredDecision>;
  readonly attempts: AttemptDependencies;
  readonly loadBlocks: LoadBlocks;
  readonly endings: Endings;
}

/** Who wants to hear of every request that has ended, if anybody does. */
interface Endings {
  listener: ((trace: TraceInput) => void) | undefined;
}

const nameSourcesOf = ({ settings, fleet, stores, requestLog }: ServingSources): NameSources => ({
  settings,
  fleet: (withDemo) => visibleFleet(fleet.registry.snapshot(), withDemo),
  ask: stores.ask,
  epochNow: fleet.clock.now,
  log: requestLog.log,
});

function createServeParts(
  sources: ServingSources,
  { admission, decisions, attempts, loadBlocks, endings }: Inner,
): ServeParts {
  const { settings, fleet, names, tokens, now, breakers, metering } = sources;
  const budget = new RetryBudget(() => settings.retryBudgetPct);
  const { registry, clock } = fleet;
  const learners = {
    breakers,
    loadBlocks,
    now,
    fleet: registry,
    checkNode: sources.checkNode,
    learnSpeeds: (ended: EndedAttempt) => learnSpeeds(sources, ended),
  };
  return {
    now,
    epochNow: clock.now,
    ...createModelNames(nameSourcesOf(sources)),
    keyOf: modelKeyOf,
    meaningOf: (key, seesDemo) => names.meaningOf(key, seesDemo),
    estimateTokens: (modelKey, size) => tokens.estimate(modelKey, size),
    tools: createCallTools(settings),
    admission,
    startAttempt: (order) => startAttempt(attempts, order),
    takeRetry: () => budget.take(now()),
    noteRequest: () => budget.request(now()),
    maxRetries: () => settings.maxRetries,
    forwardedHeaders: (raw, requestId) => metering.onward(forwardedHeaders(raw, requestId), requestId),
    attemptBegan: (candidate, requestId) => {
      breakers.began(breakerKeyOf(candidate), now());
      metering.attemptBegan(candidate, requestId);
    },
    attemptAnswered: (candidate) => breakers.answered(breakerKeyOf(candidate)),
    modelLoaded: ({ node }, { modelKey, numCtx, loadOptions }) =>
      registry.noteLoaded(node.nodeId, modelKey, { numCtx, options: loadOptions }),
    attemptEnded: (ended) => {
      metering.attemptEnded(ended);
      learnFrom(learners, ended);
    },
    shortDecision,
    keepDecision: (decision: Decision, place) => {
      metering.decided(place.tookUs);
      const stamp = { attempt: place.attempt, decidedAt: clock.now(), tookUs: place.tookUs, model: place.model };
      decisions.keep(decision.requestId, place.attempt, keepDecision(decision, stamp));
    },
    pullMissing: sources.autoPull,
    record: (ended) => tellEnding(endings, recordEnded(sources, ended)),
  };
}

const tellEnding = ({ listener }: Endings, trace: TraceInput): void => listener?.(trace);

function recordEnded({ stores, requestLog, fleet, now, metering }: ServingSources, ended: EndedRequest): TraceInput {
  const energy = metering.energyOf(ended.requestId);
  const traced = traceOf(ended, { epochOffset: fleet.clock.now() - now(), energy });
  const trace = traced.attempts.length === 0 && isForDemo(fleet, ended) ? { ...traced, isSimulated: true } : traced;
  stores.traces.record(trace);
  metering.ended(trace, ended);
  logEnded(requestLog, trace);
  return trace;
}

/** Whether a request that reached no node was for a model that only the demo has. */
function isForDemo({ registry }: FleetParts, { journey }: EndedRequest): boolean {
  const holders = journey === undefined ? undefined : registry.snapshot().holders.get(journey.facts.modelKey);
  return holders?.every(({ node }) => node.isSimulated) === true;
}
