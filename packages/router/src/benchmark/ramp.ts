import type { StepResult } from "./step-result.ts";

/** A doubling that brings less than this share of throughput more is no gain. */
const LEAST_GAIN = 0.1;
/** Share of failed requests beyond which a step counts as too much. */
const MOST_FAILED = 0.1;

/** How many requests at once come next, or why it is enough. */
export type RampDecision =
  | { readonly kind: "step"; readonly concurrency: number }
  | { readonly kind: "end"; readonly why: "saturated" | "failing" | "bound" };

/** So near to each other, as a share of the higher one, two numbers of requests at once need no step between them. */
const NEAR = 0.15;

/**
 * Doubles the requests at once until throughput grows by less than a tenth, too many fail, or the bound is reached; then
 * halves the gap in which it stopped growing. The law behind it: with more at once than a server computes together, requests
 * only wait for each other.
 */
export function nextStep(steps: readonly StepResult[], maxConcurrency: number): RampDecision {
  const last = steps.at(-1);
  if (last === undefined) return { kind: "step", concurrency: 1 };
  if (last.failures > MOST_FAILED * (last.requests + last.failures)) return { kind: "end", why: "failing" };
  const rising = steps.filter(({ concurrency }, at) =>
    steps.slice(0, at).every((one) => one.concurrency < concurrency),
  );
  const top = rising.at(-1) ?? last;
  const before = bestOf(rising.slice(0, -1));
  if (rising.length > 1 && top.perSecond < before * (1 + LEAST_GAIN)) return between(steps, "saturated");
  if (top.concurrency >= maxConcurrency) return between(steps, "bound");
  return { kind: "step", concurrency: Math.min(top.concurrency * 2, maxConcurrency) };
}

/** Halves the gap below the fewest requests at once that are enough; enough when it is small. */
function between(steps: readonly StepResult[], why: "saturated" | "bound"): RampDecision {
  const enough = saturationOf(steps);
  const below = steps.reduce((most, { concurrency }) => (concurrency < enough ? Math.max(most, concurrency) : most), 0);
  if (enough - below <= Math.max(1, enough * NEAR)) return { kind: "end", why };
  return { kind: "step", concurrency: Math.floor((enough + below) / 2) };
}

/** The fewest requests at once that reach nine tenths of the best throughput; 0 without a finished step. */
export function saturationOf(steps: readonly StepResult[]): number {
  const best = bestOf(steps);
  const enough = steps.filter(({ perSecond }) => perSecond >= best * (1 - LEAST_GAIN) && best > 0);
  return enough.reduce((least, { concurrency }) => (least === 0 ? concurrency : Math.min(least, concurrency)), 0);
}

const bestOf = (steps: readonly StepResult[]): number =>
  steps.reduce((best, { perSecond }) => Math.max(best, perSecond), 0);
