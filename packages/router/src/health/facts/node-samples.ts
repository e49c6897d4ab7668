import type { CpuReading, GpuReading, MemoryReading, ThermalReading } from "@herd/shared";

/** What one heartbeat showed of a machine's load. */
export interface NodeSample {
  /** Unix epoch ms. */
  readonly at: number;
  /** Busy share of all cores, 0–100. */
  readonly cpuPct: number;
  /** Requests of this router that ran there. */
  readonly inFlight: number;
  /** Hottest sensor of CPU and graphics, °C; undefined when none is read. */
  readonly hottestC: number | undefined;
  /** The machine itself says that it is too hot, or throttles. */
  readonly isThrottling: boolean;
  /** Swap in use, GiB; undefined when not told. */
  readonly swapUsedGb: number | undefined;
}

/** What a sample is made of. */
export interface SampleSources {
  readonly at: number;
  readonly inFlight: number;
  readonly cpu: CpuReading;
  readonly memory: MemoryReading;
  readonly gpus: readonly GpuReading[];
  readonly thermal: ThermalReading | undefined;
}

/** The readings of one heartbeat that are worth looking back at. */
export function nodeSampleOf({ at, inFlight, cpu, memory, gpus, thermal }: SampleSources): NodeSample {
  const temperatures = [thermal?.temperature_c, ...gpus.map((gpu) => gpu.temperature_c)];
  const told = temperatures.filter((value) => typeof value === "number");
  return {
    at,
    cpuPct: cpu.utilization_pct,
    inFlight,
    hottestC: told.length === 0 ? undefined : Math.max(...told),
    isThrottling: thermal?.state === "warning",
    swapUsedGb: memory.swap_used_gb,
  };
}

/** How far back is looked, ms; with one sample per `SPACING_MS` that bounds what is kept. */
const KEPT_MS = 10 * 60_000;
const SPACING_MS = 10_000;

/** The samples with one more, oldest first; the same list when the last one is too young for another. */
export function withSample(samples: readonly NodeSample[], sample: NodeSample): readonly NodeSample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.at - last.at < SPACING_MS) return samples;
  return [...samples.filter(({ at }) => sample.at - at <= KEPT_MS), sample];
}

/** The samples since an instant, when they cover it: at least three, the first one no later than a third of the way. */
export function samplesSince(samples: readonly NodeSample[] | undefined, since: number): readonly NodeSample[] {
  const within = (samples ?? []).filter(({ at }) => at >= since);
  const [first, last] = [within[0], within.at(-1)];
  if (within.length < 3 || first === undefined || last === undefined) return [];
  return first.at - since <= (last.at - since) / 3 ? within : [];
}
