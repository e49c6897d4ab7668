import { statfs } from "node:fs/promises";
import { type DiskReading, toGib } from "@herd/shared";
import type { Probe } from "./probe.ts";

/** Measures the volume on which a folder lies; undefined while there is no such folder. */
export function createDiskProbe(folder: () => string | undefined): Probe<DiskReading> {
  return async () => {
    const path = folder();
    if (path === undefined) return undefined;
    const volume = await statfs(path).catch(() => undefined);
    if (volume === undefined) return undefined;
    return {
      total_gb: toGib(volume.blocks * volume.bsize),
      used_gb: toGib((volume.blocks - volume.bfree) * volume.bsize),
      available_gb: toGib(volume.bavail * volume.bsize),
    };
  };
}

/** Where the operating system itself lies. */
export const rootFolder = (platform: NodeJS.Platform): string => (platform === "win32" ? "C:\\" : "/");
