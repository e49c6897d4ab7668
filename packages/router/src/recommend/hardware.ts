import { BYTES_PER_GIB, fromGib } from "@herd/shared";
import type { NodeSnapshot } from "../domain/fleet-snapshot.ts";

/** What a node offers to models. */
export interface Hardware {
  /** `vram`: graphics cards of its own; `shared`: one memory for everything; `cpu`: no graphics known. */
  readonly kind: "vram" | "shared" | "cpu";
  /** Memory that models may fill together, bytes. */
  readonly usableBytes: number;
  /** Whole memory of that kind, bytes. */
  readonly totalBytes: number;
  /** GB/s; undefined when unknown. */
  readonly bandwidth: number | undefined;
}

/** Room on the volume of the models, bytes. */
export interface DiskRoom {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** What the rest of the machine needs: 6 GiB, less on small ones, a fifth on large ones. */
const SYSTEM_BYTES = 6 * BYTES_PER_GIB;
const SMALL_SHARE = 0.4;
const LARGE_SHARE = 0.2;
/** Part of a graphics card that screens and drivers take. */
const CARD_RESERVE = 0.08;
/** Part of a volume that stays free. */
const DISK_RESERVE = 0.05;

/** What of a node's memory models may use: that of its graphics cards where it has any, else the system's. */
export function hardwareOf({ gpus, memory, capacity, arch, chip, memoryBandwidth }: NodeSnapshot): Hardware {
  const cards = gpus.reduce((sum, gpu) => sum + fromGib(gpu.vram_total_gb), 0);
  const total = cards > 0 ? cards : fromGib(memory.total_gb);
  const usable = cards > 0 ? total * (1 - CARD_RESERVE) : total - systemNeeds(total);
  const ceiling = capacity === undefined || capacity.ceiling_gb <= 0 ? usable : fromGib(capacity.ceiling_gb);
  const isShared = /apple|^m\d/i.test(`${chip} ${arch}`) || gpus.length > 0;
  return {
    kind: cards > 0 ? "vram" : isShared ? "shared" : "cpu",
    usableBytes: Math.max(0, Math.floor(Math.min(usable, ceiling))),
    totalBytes: total,
    bandwidth: memoryBandwidth,
  };
}

const systemNeeds = (total: number): number =>
  Math.max(Math.min(SYSTEM_BYTES, total * SMALL_SHARE), total * LARGE_SHARE);

/** What may be downloaded to a volume, bytes; undefined when nothing is known of it. */
export const downloadableBytes = (disk: DiskRoom | undefined): number | undefined =>
  disk === undefined ? undefined : Math.max(0, disk.freeBytes - disk.totalBytes * DISK_RESERVE);
