import type { CpuReading, DiskReading, GpuReading, MemoryReading, PowerReading, ThermalReading } from "@herd/shared";
import { createCpuProbe } from "./cpu.ts";
import { createDiskProbe, rootFolder } from "./disk.ts";
import { createGpuProbe } from "./gpu.ts";
import { createHardwareList, type Hardware } from "./hardware.ts";
import { createMemoryProbe } from "./memory.ts";
import { createLanAddressProbe } from "./network.ts";
import { createPowerProbe } from "./power.ts";
import { type ProbeRunner, runProbes } from "./probe-runner.ts";
import { createThermalProbe } from "./thermal.ts";

/** What the probes of this machine read. */
export interface MachineReadings {
  readonly cpu: CpuReading;
  readonly memory: MemoryReading;
  readonly hardware: Hardware;
  readonly gpus: readonly GpuReading[];
  readonly disk: DiskReading;
  readonly modelsDisk: DiskReading;
  readonly thermal: ThermalReading;
  readonly power: PowerReading;
  readonly lanAddress: string;
}

/** What measuring the machine needs. */
export interface MachineDependencies {
  /** Cadence of the readings that belong to each heartbeat, ms. */
  readonly beatEveryMs: number;
  /** Folder of the models, as far as it is known. */
  readonly modelsFolder: () => string | undefined;
  readonly onFailure: (probe: string, error: unknown) => void;
}

const SOMETIMES_MS = 10_000;
const SELDOM_MS = 60_000;
const RARELY_MS = 600_000;

/** Starts every probe of this machine, each on its own cadence. */
export function measureMachine({
  beatEveryMs,
  modelsFolder,
  onFailure,
}: MachineDependencies): ProbeRunner<MachineReadings> {
  const platform = process.platform;
  const hardware = createHardwareList();
  const listed = async () => (await hardware.newest())?.graphics ?? [];
  const physicalCores = (): number | undefined => runner.latest().hardware?.physicalCores || undefined;
  const runner: ProbeRunner<MachineReadings> = runProbes<MachineReadings>(
    {
      cpu: { probe: createCpuProbe({ physicalCores }), everyMs: beatEveryMs },
      memory: { probe: createMemoryProbe({ platform }), everyMs: beatEveryMs },
      hardware: { probe: hardware.probe, everyMs: RARELY_MS },
      gpus: { probe: createGpuProbe({ listed }), everyMs: SOMETIMES_MS },
      disk: { probe: createDiskProbe(() => rootFolder(platform)), everyMs: SOMETIMES_MS },
      modelsDisk: { probe: createDiskProbe(modelsFolder), everyMs: SOMETIMES_MS },
      thermal: { probe: createThermalProbe({ platform }), everyMs: SOMETIMES_MS },
      power: { probe: createPowerProbe(), everyMs: SELDOM_MS },
      lanAddress: { probe: createLanAddressProbe(), everyMs: SELDOM_MS },
    },
    { onFailure },
  );
  return runner;
}
