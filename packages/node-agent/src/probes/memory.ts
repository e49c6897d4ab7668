import { freemem, totalmem } from "node:os";
import { type MemoryReading, toGib } from "@herd/shared";
import { parseDarwinMemory } from "./memory-darwin.ts";
import type { Probe } from "./probe.ts";
import { readText } from "./read-text.ts";
import { type RunProgram, runProgram } from "./run-program.ts";

/** What the memory probe needs; defaults are this machine's. */
export interface MemoryDependencies {
  readonly platform: NodeJS.Platform;
  readonly read?: (path: string) => Promise<string | undefined>;
  readonly run?: RunProgram;
}

/** Measures system memory by what the operating system itself says. */
export function createMemoryProbe({
  platform,
  read = readText,
  run = runProgram,
}: MemoryDependencies): Probe<MemoryReading> {
  switch (platform) {
    case "linux":
      return async () => parseMeminfo((await read("/proc/meminfo")) ?? "") ?? roughMemory();
    case "darwin":
      return async () => {
        const [pages, verdict, swap] = await Promise.all([
          run("vm_stat", []),
          run("memory_pressure", ["-Q"]),
          run("sysctl", ["-n", "vm.swapusage"]),
        ]);
        return parseDarwinMemory({ total: totalmem(), pages, verdict, swap }) ?? roughMemory();
      };
    default:
      return async () => roughMemory();
  }
}

/** Memory as Node.js itself knows it: at hand at once, on every system, without the finer points. */
export function roughMemory(): MemoryReading {
  return readingOf(totalmem(), freemem());
}

/** Reads Linux's /proc/meminfo (values in KiB). Undefined when it lacks MemTotal or MemAvailable. */
export function parseMeminfo(text: string): MemoryReading | undefined {
  const bytesOf = (name: string): number | undefined => {
    const kib = new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1024;
  };
  const total = bytesOf("MemTotal");
  const available = bytesOf("MemAvailable");
  if (total === undefined || available === undefined) return undefined;
  const swapTotal = bytesOf("SwapTotal") ?? 0;
  return {
    ...readingOf(total, available),
    pressure: pressureOf(total, available),
    swap_total_gb: toGib(swapTotal),
    swap_used_gb: toGib(Math.max(swapTotal - (bytesOf("SwapFree") ?? 0), 0)),
  };
}

/** Linux has no verdict of its own: the share that is not available decides, from 95 % critical, from 85 % warn. */
function pressureOf(total: number, available: number): MemoryReading["pressure"] {
  const used = (total - available) / total;
  if (used >= 0.95) return "critical";
  return used >= 0.85 ? "warn" : "normal";
}

function readingOf(total: number, available: number): MemoryReading {
  return {
    total_gb: toGib(total),
    used_gb: toGib(total - available),
    available_gb: toGib(available),
    pressure: "normal",
    wired_gb: 0,
    compressed_gb: 0,
  };
}
