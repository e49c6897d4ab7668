import type { StepResult } from "./step-result.ts";

/** A doubling that brings less than this share of throughput more is no gain. */
const LEAST_GAIN = 0.1;
/** Share of failed requests beyond which a step counts as too much. */
const MOST_FAILED = 0.1;

/** How many requests at once come next, or why it is enough. */
export type RampDecision =
  | { readonly kind: "step"; readonly concurrency: number }
  | { readonly kind: "end"; readonly why: "saturated" | "failing" | "bound" };

/**
 * Doubles the requests at once until throughput grows by less than a tenth, too many fail, or the bound is reached. The law
 * behind it: with more at once than a server computes together, requests only wait for each other.
 */
export function nextStep(steps: readonly StepResult[], maxConcurrency: number): RampDecision {
  const last = steps.at(-1);
  if (last === undefined) return { kind: "step", concurrency: 1 };
  if (last.failures > MOST_FAILED * (last.requests + last.failures)) return { kind: "end", why: "failing" };
  const before = steps.slice(0, -1).reduce((best, step) => Math.max(best, step.perSecond), 0);
  if (steps.length > 1 && last.perSecond < before * (1 + LEAST_GAIN)) return { kind: "end", why: "saturated" };
  if (last.concurrency >= maxConcurrency) return { kind: "end", why: "bound" };
  return { kind: "step", concurrency: Math.min(last.concurrency * 2, maxConcurrency) };
}

/** The fewest requests at once that reach nine tenths of the best throughput; 0 without a finished step. */
export function saturationOf(steps: readonly StepResult[]): number {
  const best = steps.reduce((most, step) => Math.max(most, step.perSecond), 0);
  return steps.find((step) => step.perSecond >= best * (1 - LEAST_GAIN) && best > 0)?.concurrency ?? 0;
}
