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
  /** GB/s, as told or as machines of this kind have at least; undefined when nothing is known of graphics cards. */
  readonly bandwidth: number | undefined;
  /** Context that models would be loaded with here, tokens. */
  readonly contextTokens: number;
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
/** Cards with less hold no model worth having: old ones, and the part that graphics inside a processor set aside. */
const SMALLEST_CARD_BYTES = 3 * BYTES_PER_GIB;
/** Of its one memory Apple's system gives graphics two thirds, three quarters on machines above 36 GiB. */
const APPLE_SHARES = { upToBytes: 36 * BYTES_PER_GIB, small: 2 / 3, large: 3 / 4 };
/** Two channels of DDR4-3200, and the one of a Raspberry Pi 5, GB/s: for machines of which nothing better is known. */
const PLAIN_BANDWIDTH = 51;
const BOARD_BANDWIDTH = 17;
const BOARDS = /raspberry|\bbcm2\d{3}|cortex-a(?:5|7)\d/i;
/**
 * Ollama takes 4,096 tokens below 23 GiB of graphics memory, 32,768 above, more where it fits; programs ask for 8,192. Growing
 * with the memory, so that a little more of it never holds less.
 */
const CONTEXT = { least: 8_192, most: 32_768, perGib: 1_024 };
/** Part of a volume that stays free. */
const DISK_RESERVE = 0.05;

/** What of a node's memory models may use: that of its graphics cards where they hold one, else the system's. */
export function hardwareOf(node: NodeSnapshot): Hardware {
  const cards = cardBytes(node);
  const total = cards > 0 ? cards : fromGib(node.memory.total_gb);
  const isApple = APPLE.test(`${node.chip} ${node.arch}`);
  const hasGraphics = cards > 0 || isApple;
  return {
    kind: kindOf(node, cards),
    usableBytes: Math.max(0, Math.floor(Math.min(freeOf(total, { cards, isApple }), ceilingOf(node)))),
    totalBytes: total,
    bandwidth: node.memoryBandwidth ?? (hasGraphics ? undefined : plainBandwidth(node)),
    contextTokens: hasGraphics ? contextIn(total) : CONTEXT.least,
  };
}

const APPLE = /apple|^m\d/i;

const cardBytes = ({ gpus }: NodeSnapshot): number =>
  gpus
    .map((gpu) => fromGib(gpu.vram_total_gb))
    .filter((size) => size >= SMALLEST_CARD_BYTES)
    .reduce((sum, size) => sum + size, 0);

function kindOf({ gpus, chip, arch }: NodeSnapshot, cards: number): Hardware["kind"] {
  if (cards > 0) return "vram";
  const isShared = APPLE.test(`${chip} ${arch}`) || gpus.some(({ vram_total_gb }) => vram_total_gb === 0);
  return isShared ? "shared" : "cpu";
}

/** What is left when the system, the screen and the drivers have what they need. */
function freeOf(total: number, { cards, isApple }: { readonly cards: number; readonly isApple: boolean }): number {
  if (cards > 0) return total * (1 - CARD_RESERVE);
  const free = total - systemNeeds(total);
  return isApple ? Math.min(free, appleGraphics(total)) : free;
}

/** What the agent learned that its owner can spare. */
const ceilingOf = ({ capacity }: NodeSnapshot): number =>
  capacity === undefined || capacity.ceiling_gb <= 0 ? Number.POSITIVE_INFINITY : fromGib(capacity.ceiling_gb);

const plainBandwidth = ({ chip }: NodeSnapshot): number => (BOARDS.test(chip) ? BOARD_BANDWIDTH : PLAIN_BANDWIDTH);

const appleGraphics = (total: number): number =>
  total * (total <= APPLE_SHARES.upToBytes ? APPLE_SHARES.small : APPLE_SHARES.large);

const contextIn = (total: number): number =>
  Math.min(CONTEXT.most, Math.max(CONTEXT.least, Math.round(total / BYTES_PER_GIB) * CONTEXT.perGib));

const systemNeeds = (total: number): number =>
  Math.max(Math.min(SYSTEM_BYTES, total * SMALL_SHARE), total * LARGE_SHARE);

/** What may be downloaded to a volume, bytes; undefined when nothing is known of it. */
export const downloadableBytes = (disk: DiskRoom | undefined): number | undefined =>
  disk === undefined ? undefined : Math.max(0, disk.freeBytes - disk.totalBytes * DISK_RESERVE);
