import type { BenchmarkOrder, BenchmarkTarget } from "./benchmark-order.ts";
import { nextStep } from "./ramp.ts";
import { sendRequest } from "./send-request.run.ts";
import { type GuardParts, guardNode, untilCalm } from "./sharing/node-guard.run.ts";
import { type Sample, type StepResult, stepResultOf } from "./step-result.ts";

/** Why the ramp of a target ended. */
export type RampEnd =
  | "saturated"
  | "failing"
  | "bound"
  | "time"
  | "cancelled"
  | "not-loaded"
  /** Others wanted the node for longer than it was to be measured. */
  | "disturbed"
  | "node-lost";

/** What measuring one node and model gave. */
export interface TargetResult {
  readonly target: BenchmarkTarget;
  /** Loading and a first short answer, ms; undefined when that failed. */
  readonly warmUpMs: number | undefined;
  readonly steps: readonly StepResult[];
  readonly samples: readonly Sample[];
  /** How often it made room for others; what was measured then is not in the steps. */
  readonly disturbances: number;
  readonly ended: RampEnd;
}

/** What measuring needs. */
export interface MeasureParts extends GuardParts {
  readonly order: BenchmarkOrder;
  readonly url: string;
  /** When this target's time is over, ms of the same clock. */
  readonly until: () => number;
  readonly nextSeed: () => number;
  /** Told of every request that is sent, with what is to be called when it has ended. */
  readonly onSend: (node: string) => () => void;
  /** Told of every finished request. */
  readonly onSample: (sample: Sample) => void;
  readonly onWarm: () => void;
  /** It waits until others have done with the node, or no longer. */
  readonly onYield: (isWaiting: boolean) => void;
}

/** Parts of a target's time that one step takes: a ramp has about so many, the doubling and the halving. */
const STEPS_IN_TIME = 8;
/** Longest time for loading a model, and for one request of a step, ms: a node that hangs ends neither. */
const LOADING_MS = 600_000;
const REQUEST_MS = 120_000;
/** Shortest step, ms. */
const LEAST_STEP_MS = 500;

/** Warms a model up on its node, then doubles the requests at once until more of them bring nothing. */
export async function measureTarget(target: BenchmarkTarget, parts: MeasureParts): Promise<TargetResult> {
  const { order, now } = parts;
  // A load may push out of memory what others use just now.
  const isCalm = await calm(target, parts, now() + order.durationS * 1000);
  if (!isCalm) return nothing(target, { ended: endOf(target, parts, "disturbed"), samples: [] });
  const warmUp = await send(target, { ...parts, tokens: Math.min(8, order.outputTokens), withinMs: LOADING_MS });
  if (!warmUp.isOk) return nothing(target, { ended: endOf(target, parts, "not-loaded"), samples: [warmUp] });
  parts.onWarm();
  const ramped = await ramp(target, parts);
  return { target, warmUpMs: warmUp.latencyMs, ...ramped, ended: endOf(target, parts, ramped.ended) };
}

const nothing = (target: BenchmarkTarget, rest: Pick<TargetResult, "ended" | "samples">): TargetResult => ({
  target,
  warmUpMs: undefined,
  steps: [],
  disturbances: rest.ended === "disturbed" ? 1 : 0,
  ...rest,
});

/** A run that was ended and a node that went away explain everything else. */
function endOf({ nodeId }: BenchmarkTarget, { signal, stateOf }: MeasureParts, end: RampEnd): RampEnd {
  if (signal.aborted) return "cancelled";
  return stateOf(nodeId) === "lost" ? "node-lost" : end;
}

async function calm({ nodeId }: BenchmarkTarget, parts: MeasureParts, until: number): Promise<boolean> {
  const isWanted = parts.stateOf(nodeId) === "wanted";
  if (isWanted) parts.onYield(true);
  const isCalm = await untilCalm(nodeId, { ...parts, until });
  if (isWanted) parts.onYield(false);
  return isCalm;
}

interface Ramp {
  readonly steps: StepResult[];
  readonly samples: Sample[];
  disturbances: number;
}

/** Step after step until one of the reasons to end. */
async function ramp(target: BenchmarkTarget, parts: MeasureParts): Promise<Ramp & { readonly ended: RampEnd }> {
  const { now, until } = parts;
  const soFar: Ramp = { steps: [], samples: [], disturbances: 0 };
  const stepMs = Math.max(LEAST_STEP_MS, (until() - now()) / STEPS_IN_TIME);
  for (;;) {
    const ended = await takeStep(target, parts, { soFar, stepMs });
    if (ended !== undefined) return { ...soFar, ended };
  }
}

interface RampStep {
  readonly soFar: Ramp;
  readonly stepMs: number;
}

/** The next step, or why there is none. One that others disturbed is taken again when they have done. */
async function takeStep(
  target: BenchmarkTarget,
  parts: MeasureParts,
  { soFar, stepMs }: RampStep,
): Promise<RampEnd | undefined> {
  const decision = nextStep(soFar.steps, parts.order.maxConcurrency);
  if (decision.kind === "end") return decision.why;
  if (isOver(parts)) return soFar.steps.length === 0 ? "disturbed" : "time";
  const from = parts.now();
  const time = { from, to: from + stepMs };
  const { samples, state } = await guardedStep(target, parts, {
    concurrency: decision.concurrency,
    endsAt: time.to,
  });
  if (state === "lost") return "node-lost";
  if (parts.signal.aborted) {
    // What was cut says nothing about capacity; its whole requests were answered all the same.
    soFar.samples.push(...samples);
    return "cancelled";
  }
  if (state === "calm") keep(soFar, stepResultOf(decision.concurrency, samples, time), samples);
  else await makeRoom(target, parts, soFar);
  return undefined;
}

function keep({ steps, samples }: Ramp, step: StepResult, taken: readonly Sample[]): void {
  steps.push(step);
  samples.push(...taken);
}

async function makeRoom(target: BenchmarkTarget, parts: MeasureParts, soFar: Ramp): Promise<void> {
  soFar.disturbances += 1;
  await calm(target, parts, parts.until());
}

const isOver = ({ signal, now, until }: MeasureParts): boolean => signal.aborted || now() >= until();

async function guardedStep(target: BenchmarkTarget, parts: MeasureParts, step: Step) {
  const guard = guardNode(target.nodeId, parts);
  const samples = await runStep(target, { ...parts, signal: guard.signal }, step);
  guard.stop();
  return { samples, state: guard.state() };
}

interface Step {
  readonly concurrency: number;
  readonly endsAt: number;
}

/** So many workers, each sending one request after the other until the step's time is over; every one sends at least one. */
async function runStep(target: BenchmarkTarget, parts: MeasureParts, { concurrency, endsAt }: Step): Promise<Sample[]> {
  const samples: Sample[] = [];
  const work = async (): Promise<void> => {
    do {
      const sample = await send(target, { ...parts, tokens: parts.order.outputTokens, withinMs: REQUEST_MS });
      if (parts.signal.aborted) return;
      samples.push(sample);
      parts.onSample(sample);
      // A node that refuses at once is not to be hammered.
      if (!sample.isOk) return;
    } while (parts.now() < endsAt);
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return samples;
}

interface Sent extends MeasureParts {
  readonly tokens: number;
  readonly withinMs: number;
}

async function send(target: BenchmarkTarget, parts: Sent): Promise<Sample> {
  const { url, now, nextSeed, onSend, tokens, withinMs } = parts;
  const signal = AbortSignal.any([parts.signal, AbortSignal.timeout(withinMs)]);
  const ended = onSend(target.nodeId);
  const sample = await sendRequest({ url, target, outputTokens: tokens, signal, now, seed: nextSeed() });
  ended();
  return sample;
}
