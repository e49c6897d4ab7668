import { z } from "zod";
import { gib } from "./gib.ts";

const percent = z.number().min(0).max(100);

/** CPU of a node. A heartbeat without a readable `cpu` is refused. */
export const cpuReading = z.object({
  cores_physical: z.int().positive().describe("Physical cores"),
  utilization_pct: percent.describe("Busy share of all cores since the previous heartbeat, 0–100"),
});

/** System memory of a node. A heartbeat without a readable `memory` is refused. */
export const memoryReading = z.object({
  total_gb: gib.describe("Installed memory, GiB"),
  used_gb: gib.describe("Memory in use, GiB"),
  available_gb: gib.describe("Memory that a new program could get without swapping, GiB"),
  pressure: z.enum(["normal", "warn", "critical"]).default("normal").describe("The operating system's own verdict"),
  wired_gb: gib.default(0).describe("Memory that cannot be paged out (macOS), GiB"),
  compressed_gb: gib.default(0).describe("Compressed memory (macOS), GiB"),
  swap_used_gb: gib.optional().describe("Swap in use, GiB"),
  swap_total_gb: gib.optional().describe("Swap configured, GiB"),
});

export const thermalReading = z.object({
  state: z.enum(["nominal", "warning", "unknown"]).describe("`warning` from 85 °C or when the system throttles"),
  temperature_c: z.number().nullish().describe("Hottest CPU sensor, °C"),
  source: z.string().default("").describe("Which sensor it came from"),
});

export const diskReading = z.object({
  total_gb: gib.describe("Size of the volume, GiB"),
  used_gb: gib.describe("Used on it, GiB"),
  available_gb: gib.describe("Free on it, GiB"),
});

export const gpuReading = z.object({
  name: z.string().describe("Product name"),
  vram_total_gb: gib.describe("Dedicated memory, GiB; 0 where it shares system memory"),
  vram_used_gb: gib.optional().describe("Dedicated memory in use, GiB"),
  utilization_pct: percent.optional().describe("Busy share, 0–100"),
  temperature_c: z.number().optional().describe("°C"),
  power_w: z.number().nonnegative().optional().describe("Power that it takes now, W"),
});

export const powerReading = z.object({
  source: z.enum(["ac", "battery"]).describe("What the machine runs on now"),
  battery_pct: percent.optional().describe("Charge, 0–100"),
  watts: z.number().nonnegative().optional().describe("Measured power, mean since the reading before, W"),
  watts_of: z
    .enum(["machine", "cpu"])
    .optional()
    .describe("What was measured: the whole machine (by its battery), or its processors (by RAPL)"),
});

export const systemReading = z.object({
  platform: z.string().describe("Operating system family, as Node.js names it"),
  release: z.string().default("").describe("Its release"),
  uptime_s: z.number().nonnegative().optional().describe("Seconds since boot"),
  load_1m: z.number().nonnegative().optional().describe("Load average of the last minute"),
});

/** What the capacity learner decided; absent or null unless learning is on. */
export const capacityReading = z.object({
  mode: z.string().describe("full, learned_high, learned_medium, learned_low, bootstrap or paused"),
  ceiling_gb: gib.describe("Memory the fleet may use on this node, GiB"),
  availability_score: z.number().min(0).max(1).describe("Learned availability of this hour of the week, 0–1"),
  reason: z.string().default("").describe("Why"),
  override_active: z.boolean().default(false).describe("A person set the mode by hand"),
  learning_confidence: z.number().min(0).max(1).default(0).describe("0–1"),
  days_observed: z.int().nonnegative().default(0).describe("Days of history"),
  trend: z
    .number()
    .min(-1)
    .max(1)
    .optional()
    .describe("Direction of the owner's use over the last minutes: −1 falling, 1 rising"),
});

export type CpuReading = z.infer<typeof cpuReading>;
export type MemoryReading = z.infer<typeof memoryReading>;
export type ThermalReading = z.infer<typeof thermalReading>;
export type DiskReading = z.infer<typeof diskReading>;
export type GpuReading = z.infer<typeof gpuReading>;
export type PowerReading = z.infer<typeof powerReading>;
export type SystemReading = z.infer<typeof systemReading>;
export type CapacityReading = z.infer<typeof capacityReading>;
