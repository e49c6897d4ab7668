import { availableParallelism, cpus } from "node:os";
import type { CpuReading } from "@herd/shared";
import type { Probe } from "./probe.ts";
import { readText } from "./read-text.ts";

/** Time all cores have spent since boot, in any one unit. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
}

/** What the CPU probe needs. */
export interface CpuDependencies {
  /** Physical cores when they are known by now. */
  readonly physicalCores: () => number | undefined;
  /** Default: the operating system's counters. */
  readonly readTimes?: () => Promise<CpuTimes>;
}

/** Measures how busy all cores were since the probe ran last. */
export function createCpuProbe({ physicalCores, readTimes = systemTimes }: CpuDependencies): Probe<CpuReading> {
  let previous: CpuTimes | undefined;
  return async () => {
    const current = await readTimes();
    const utilization = previous === undefined ? 0 : utilizationBetween(previous, current);
    previous = current;
    return { cores_physical: physicalCores() ?? availableParallelism(), utilization_pct: utilization };
  };
}

/** Busy share between two readings, 0–100, one decimal; 0 when no time has passed. */
export function utilizationBetween(earlier: CpuTimes, later: CpuTimes): number {
  const total = later.total - earlier.total;
  if (total <= 0) return 0;
  const share = (later.busy - earlier.busy) / total;
  return Math.round(Math.min(Math.max(share, 0), 1) * 1000) / 10;
}

/** Reads the first line of Linux's /proc/stat: user nice system idle iowait irq softirq steal. */
export function parseProcStat(text: string): CpuTimes | undefined {
  const fields = /^cpu +([\d ]+)/.exec(text)?.[1]?.split(" ").slice(0, 8).map(Number);
  if (fields === undefined || fields.length < 4) return undefined;
  const total = fields.reduce((sum, value) => sum + value, 0);
  const idle = (fields[3] ?? 0) + (fields[4] ?? 0);
  return { busy: total - idle, total };
}

/** Linux's own file is read asynchronously; asking for every core there takes milliseconds on large machines. */
async function systemTimes(): Promise<CpuTimes> {
  const stat = process.platform === "linux" ? await readText("/proc/stat") : undefined;
  return (stat === undefined ? undefined : parseProcStat(stat)) ?? timesOfCores();
}

function timesOfCores(): CpuTimes {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const working = times.user + times.nice + times.sys + times.irq;
    busy += working;
    total += working + times.idle;
  }
  return { busy, total };
}
