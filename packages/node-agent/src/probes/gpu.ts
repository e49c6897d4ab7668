import type { GpuReading } from "@herd/shared";
import { readAmdGpus } from "./gpu-amd.ts";
import { readNvidiaGpus } from "./gpu-nvidia.ts";
import type { GraphicsHardware } from "./hardware.ts";
import type { Probe } from "./probe.ts";

/** Where readings of graphics processors come from. */
export interface GpuDependencies {
  /** What the operating system lists. */
  readonly listed: () => Promise<readonly GraphicsHardware[]>;
  readonly readNvidia?: () => Promise<readonly GpuReading[]>;
  readonly readAmd?: (listed: readonly GraphicsHardware[]) => Promise<readonly GpuReading[]>;
}

/**
 * Reads every graphics processor: from its maker's own source where there is one, with what is used and how busy it is;
 * else name and memory as the operating system lists them. Adapters that cannot compute are left out.
 */
export function createGpuProbe({
  listed,
  readNvidia = readNvidiaGpus,
  readAmd = readAmdGpus,
}: GpuDependencies): Probe<readonly GpuReading[]> {
  return async () => {
    const hardware = await listed();
    const [nvidia, amd] = await Promise.all([readNvidia(), readAmd(hardware)]);
    const others = hardware.filter(({ vendor }) => {
      const maker = makerOf(vendor);
      if (maker === "nvidia") return nvidia.length === 0;
      if (maker === "amd") return amd.length === 0;
      return maker !== undefined;
    });
    const fromList = others.map(({ model, vramMib }) => ({ name: model, vram_total_gb: gib(vramMib) }));
    const gpus = [...nvidia, ...amd, ...fromList].filter(({ name }) => name !== "");
    return gpus.length === 0 ? undefined : gpus;
  };
}

function makerOf(vendor: string): "nvidia" | "amd" | "other" | undefined {
  if (/nvidia/i.test(vendor)) return "nvidia";
  if (/\b(amd|ati)\b|advanced micro devices/i.test(vendor)) return "amd";
  return /intel|apple|sppci_vendor_apple|qualcomm/i.test(vendor) ? "other" : undefined;
}

const gib = (mib: number): number => Math.round((mib / 1024) * 100) / 100;
