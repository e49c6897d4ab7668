import type { Probe } from "../probes/probe.ts";

/** How one run of a probe went. */
export interface ProbeRun {
  readonly name: string;
  readonly tookMs: number;
  /** `nothing`: this machine does not tell. */
  readonly outcome: "read" | "nothing" | "failed";
  /** Why it failed; empty otherwise. */
  readonly why: string;
}

/** A reading and how it was got. */
export interface TimedReading<Reading> {
  readonly reading: Reading | undefined;
  readonly run: ProbeRun;
}

/** How a probe is run once. */
export interface OneRun<Reading> {
  readonly name: string;
  readonly probe: Probe<Reading>;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  /** A run that takes longer counts as failed, ms. */
  readonly timeoutMs: number;
}

/** Runs a probe once and never rejects: a failure is told with its reason. */
export async function runOnce<Reading>(order: OneRun<Reading>): Promise<TimedReading<Reading>> {
  const { name, probe, monotonic, timeoutMs } = order;
  const startedAt = monotonic();
  const tookMs = (): number => Math.round(monotonic() - startedAt);
  try {
    const reading = await inTime(Promise.resolve().then(probe), timeoutMs);
    const outcome = reading === undefined ? "nothing" : "read";
    return { reading, run: { name, tookMs: tookMs(), outcome, why: "" } };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { reading: undefined, run: { name, tookMs: tookMs(), outcome: "failed", why } };
  }
}

async function inTime<Value>(value: Promise<Value>, timeoutMs: number): Promise<Value> {
  const { promise: never, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  try {
    return await Promise.race([value, never]);
  } finally {
    clearTimeout(timer);
  }
}
