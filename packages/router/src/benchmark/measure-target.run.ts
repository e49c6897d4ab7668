import type { BenchmarkOrder, BenchmarkTarget } from "./benchmark-order.ts";
import { nextStep } from "./ramp.ts";
import { sendRequest } from "./send-request.run.ts";
import { type Sample, type StepResult, stepResultOf } from "./step-result.ts";

/** What measuring one node and model gave. */
export interface TargetResult {
  readonly target: BenchmarkTarget;
  /** Loading and a first short answer, ms; undefined when that failed. */
  readonly warmUpMs: number | undefined;
  readonly steps: readonly StepResult[];
  readonly samples: readonly Sample[];
  /** Why the ramp ended. */
  readonly ended: "saturated" | "failing" | "bound" | "time" | "cancelled" | "not-loaded";
}

/** What measuring needs. */
export interface MeasureParts {
  readonly order: BenchmarkOrder;
  readonly url: string;
  readonly signal: AbortSignal;
  /** ms, never going back. */
  readonly now: () => number;
  /** When this target's time is over, ms of the same clock. */
  readonly until: () => number;
  readonly nextSeed: () => number;
  /** Told of every finished request. */
  readonly onSample: (sample: Sample) => void;
  readonly onWarm: () => void;
}

/** Parts of a target's time that one step takes: a ramp has about so many. */
const STEPS_IN_TIME = 5;
/** Shortest step, ms. */
const LEAST_STEP_MS = 500;

/** Warms a model up on its node, then doubles the requests at once until more of them bring nothing. */
export async function measureTarget(target: BenchmarkTarget, parts: MeasureParts): Promise<TargetResult> {
  const { order, signal } = parts;
  const warmUp = await send(target, parts, Math.min(8, order.outputTokens));
  if (!warmUp.isOk) {
    return {
      target,
      warmUpMs: undefined,
      steps: [],
      samples: [warmUp],
      ended: signal.aborted ? "cancelled" : "not-loaded",
    };
  }
  parts.onWarm();
  const { steps, samples, ended } = await ramp(target, parts);
  return { target, warmUpMs: warmUp.latencyMs, steps, samples, ended: signal.aborted ? "cancelled" : ended };
}

/** Step after step until one of the reasons to end. */
async function ramp(
  target: BenchmarkTarget,
  parts: MeasureParts,
): Promise<Pick<TargetResult, "steps" | "samples" | "ended">> {
  const { order, signal, now, until } = parts;
  const steps: StepResult[] = [];
  const samples: Sample[] = [];
  const stepMs = Math.max(LEAST_STEP_MS, (until() - now()) / STEPS_IN_TIME);
  for (;;) {
    const decision = nextStep(steps, order.maxConcurrency);
    if (decision.kind === "end") return { steps, samples, ended: decision.why };
    if (now() >= until() || signal.aborted) return { steps, samples, ended: "time" };
    const began = now();
    const taken = await runStep(target, parts, { concurrency: decision.concurrency, endsAt: began + stepMs });
    samples.push(...taken);
    steps.push(stepResultOf(decision.concurrency, taken, (now() - began) / 1000));
  }
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
      const sample = await send(target, parts, parts.order.outputTokens);
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

const send = (target: BenchmarkTarget, parts: MeasureParts, outputTokens: number): Promise<Sample> =>
  sendRequest({
    url: parts.url,
    target,
    outputTokens,
    signal: parts.signal,
    now: parts.now,
    seed: parts.nextSeed(),
  });
