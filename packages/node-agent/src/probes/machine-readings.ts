import type { CpuReading, DiskReading, GpuReading, MemoryReading, PowerReading, ThermalReading } from "@herd/shared";
import { createCpuProbe } from "./cpu.ts";
import { createDiskProbe, rootFolder } from "./disk.ts";
import { createGpuProbe } from "./gpu.ts";
import { createHardwareList, type Hardware } from "./hardware.ts";
import { createMemoryProbe } from "./memory.ts";
import { createLanAddressProbe } from "./network.ts";
import { createPowerProbe } from "./power.ts";
import type { Probe } from "./probe.ts";
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

/** Every probe of this machine by the name of its reading, not started yet. The list of the hardware comes before what builds on it. */
export function machineProbes({ modelsFolder }: Pick<MachineDependencies, "modelsFolder">): MachineProbes {
  const platform = process.platform;
  const list = createHardwareList();
  let cores: number | undefined;
  const hardware: Probe<Hardware> = async () => {
    const listed = await list.probe();
    cores = listed?.physicalCores || undefined;
    return listed;
  };
  return {
    hardware,
    cpu: createCpuProbe({ physicalCores: () => cores }),
    memory: createMemoryProbe({ platform }),
    gpus: createGpuProbe({ listed: async () => (await list.newest())?.graphics ?? [] }),
    disk: createDiskProbe(() => rootFolder(platform)),
    modelsDisk: createDiskProbe(modelsFolder),
    thermal: createThermalProbe({ platform }),
    power: createPowerProbe({ platform }),
    lanAddress: createLanAddressProbe(),
  };
}

/** One probe for each reading. */
export type MachineProbes = { readonly [Name in keyof MachineReadings]: Probe<MachineReadings[Name]> };

/** Starts every probe of this machine, each on its own cadence. */
export function measureMachine({
  beatEveryMs,
  modelsFolder,
  onFailure,
}: MachineDependencies): ProbeRunner<MachineReadings> {
  const probes = machineProbes({ modelsFolder });
  return runProbes<MachineReadings>(
    {
      hardware: { probe: probes.hardware, everyMs: RARELY_MS },
      cpu: { probe: probes.cpu, everyMs: beatEveryMs },
      memory: { probe: probes.memory, everyMs: beatEveryMs },
      gpus: { probe: probes.gpus, everyMs: SOMETIMES_MS },
      disk: { probe: probes.disk, everyMs: SOMETIMES_MS },
      modelsDisk: { probe: probes.modelsDisk, everyMs: SOMETIMES_MS },
      thermal: { probe: probes.thermal, everyMs: SOMETIMES_MS },
      power: { probe: probes.power, everyMs: SOMETIMES_MS },
      lanAddress: { probe: probes.lanAddress, everyMs: SELDOM_MS },
    },
    { onFailure },
  );
}
