import type { NodeSample } from "../facts/node-samples.ts";
import { NOW } from "./make-facts.ts";

/** A sample every 10 s over so many seconds up to now, oldest first. */
export function samplesOver(seconds: number, each: Partial<NodeSample> = {}): readonly NodeSample[] {
  const ages = Array.from({ length: Math.floor(seconds / 10) + 1 }, (_, index) => index * 10_000).toReversed();
  const plain = { cpuPct: 10, inFlight: 0, hottestC: undefined, isThrottling: false, swapUsedGb: undefined };
  return ages.map((age) => ({ ...plain, at: NOW - age, ...each }));
}
