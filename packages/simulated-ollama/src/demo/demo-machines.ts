import type { Heartbeat } from "@herd/shared";
import type { SimulatedMachine, SimulatedModel } from "../options.ts";
import { demoModels } from "./demo-models.ts";

/** One machine of the demo: what it is called, what it can do, and what it reports of itself. */
export interface DemoMachine {
  readonly id: string;
  /** As a sentence names it. */
  readonly title: string;
  readonly models: readonly SimulatedModel[];
  /** Names of the models that are in memory from the start. */
  readonly loaded: readonly string[];
  /** Answers that one model writes at a time. */
  readonly parallel: number;
  readonly machine: SimulatedMachine;
  /** What does not change while it runs. */
  readonly report: Pick<Heartbeat, "arch" | "chip" | "memory_bandwidth_gbps" | "thermal" | "power" | "system"> & {
    readonly cores: number;
    /** Memory that everything but models takes, GiB. */
    readonly baseUsedGb: number;
    /** Name of the graphics card; undefined where there is none of its own. */
    readonly gpu: string | undefined;
    /** GiB. */
    readonly disk: { readonly total: number; readonly used: number };
  };
}

const GIB = 2 ** 30;
const { chat, thinker, vision, embed } = demoModels;

/**
 * Three unlike machines that share models, so that routing has something to choose. Speeds are those of such machines.
 */
export const demoMachines: readonly DemoMachine[] = [
  {
    id: "demo-gaming-pc",
    title: "a gaming PC with a 24 GB graphics card",
    models: [chat, thinker, vision],
    loaded: [chat.name],
    parallel: 2,
    machine: {
      memoryBytes: 64 * GIB,
      diskBytes: 1_863 * GIB,
      vramBytes: 24 * GIB,
      diskBytesPerSecond: 6e9,
      networkBytesPerSecond: 6e9,
      prefillTokensPerSecond: 2_500,
      decodeTokensPerSecond: 110,
    },
    report: {
      arch: "x64",
      chip: "AMD Ryzen 7 7800X3D + NVIDIA GeForce RTX 4090",
      memory_bandwidth_gbps: 1_008,
      thermal: { state: "nominal", temperature_c: 58, source: "simulated" },
      system: { platform: "linux", release: "6.12" },
      cores: 8,
      baseUsedGb: 9.5,
      gpu: "NVIDIA GeForce RTX 4090",
      disk: { total: 1_863, used: 920 },
    },
  },
  {
    id: "demo-mac-mini",
    title: "a Mac mini with 48 GB of unified memory",
    models: [chat, thinker, vision, embed],
    loaded: [thinker.name, embed.name],
    parallel: 2,
    machine: {
      memoryBytes: 48 * GIB,
      diskBytes: 926 * GIB,
      vramBytes: 36 * GIB,
      diskBytesPerSecond: 5e9,
      networkBytesPerSecond: 6e9,
      prefillTokensPerSecond: 450,
      decodeTokensPerSecond: 32,
    },
    report: {
      arch: "arm64",
      chip: "Apple M4 Pro",
      memory_bandwidth_gbps: 273,
      thermal: { state: "nominal", temperature_c: 44, source: "simulated" },
      system: { platform: "darwin", release: "25.1.0" },
      cores: 12,
      baseUsedGb: 11.2,
      gpu: undefined,
      disk: { total: 926, used: 410 },
    },
  },
  {
    id: "demo-laptop",
    title: "a small laptop on battery",
    models: [chat, embed],
    loaded: [embed.name],
    parallel: 1,
    machine: {
      memoryBytes: 16 * GIB,
      diskBytes: 476 * GIB,
      vramBytes: 0,
      diskBytesPerSecond: 2.5e9,
      networkBytesPerSecond: 4e9,
      prefillTokensPerSecond: 120,
      decodeTokensPerSecond: 14,
    },
    report: {
      arch: "x64",
      chip: "Intel Core Ultra 5 125U",
      memory_bandwidth_gbps: 90,
      thermal: { state: "nominal", temperature_c: 61, source: "simulated" },
      power: { source: "battery", battery_pct: 64 },
      system: { platform: "win32", release: "10.0.26100" },
      cores: 12,
      baseUsedGb: 6.4,
      gpu: undefined,
      disk: { total: 476, used: 301 },
    },
  },
];
