import { readdir, stat, statfs } from "node:fs/promises";
import { networkInterfaces, totalmem } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { LooseFile, RouterFacts, VolumeFacts } from "../../../health/facts/router-facts.ts";
import { isPublicAddress } from "./public-address.ts";

/** Readings of the router's own machine, taken in the background. */
export interface MachineWatch {
  /** What was read last; reads anew in the background when that is old. */
  latest(): MachineReadings;
  /** Resolves when the readings under way are in. */
  ready(): Promise<void>;
  close(): void;
}

export type MachineReadings = Pick<RouterFacts, "looseFiles" | "volume" | "databaseBytes" | "memory" | "loopLag"> & {
  readonly publicAddresses: readonly { readonly address: string; readonly family: "IPv4" | "IPv6" }[];
};

type FolderReadings = Pick<MachineReadings, "looseFiles" | "volume" | "databaseBytes">;

const FRESH_MS = 60_000;
const LOOP_RESOLUTION_MS = 50;
const NS_PER_MS = 1e6;

/** @param monotonic ms, never going back */
export function createMachineWatch({
  dataDir,
  monotonic,
}: {
  readonly dataDir: string;
  readonly monotonic: () => number;
}): MachineWatch {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  delay.enable();
  let readAt = monotonic();
  let folder: FolderReadings = {};
  let loopLag: RouterFacts["loopLag"];
  let underway: Promise<void> | undefined;
  const refresh = (): void => {
    readAt = monotonic();
    underway ??= readFolder(dataDir).then((found) => {
      folder = found;
      underway = undefined;
    });
  };
  refresh();
  return {
    latest: () => {
      if (monotonic() - readAt >= FRESH_MS) {
        loopLag = { p99Ms: late(delay.percentile(99)), maxMs: late(delay.max) };
        delay.reset();
        refresh();
      }
      const memory = { rssBytes: process.memoryUsage.rss(), totalBytes: totalmem() };
      return { ...folder, memory, loopLag, publicAddresses: publicAddresses() };
    },
    ready: async () => underway,
    close: () => delay.disable(),
  };
}

/** The monitor's own period is part of what it measures. */
const late = (ns: number): number => Math.max(0, ns / NS_PER_MS - LOOP_RESOLUTION_MS);

const publicAddresses = () =>
  Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).flatMap(({ address, family, internal }) =>
      internal || !isPublicAddress(address) ? [] : [{ address, family }],
    ),
  );

async function readFolder(dataDir: string): Promise<FolderReadings> {
  const [volume, looseFiles, databaseBytes] = await Promise.all([
    readVolume(dataDir),
    readLooseFiles(dataDir),
    readDatabaseBytes(dataDir),
  ]);
  return { volume, looseFiles, databaseBytes };
}

async function readVolume(path: string): Promise<VolumeFacts | undefined> {
  try {
    const { bsize, blocks, bavail } = await statfs(path);
    return { path, totalBytes: bsize * blocks, availableBytes: bsize * bavail };
  } catch {
    // A folder that is gone is told by whoever writes into it.
    return undefined;
  }
}

async function readDatabaseBytes(dataDir: string): Promise<number | undefined> {
  const sizes = await Promise.all(["latency.db", "latency.db-wal"].map((name) => sizeOf(join(dataDir, name))));
  return sizes[0] === undefined ? undefined : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch {
    return undefined;
  }
}

/** Files looked at; a folder with more has other troubles. */
const MOST_FILES = 200;
const OF_OTHERS = 0o077;

/** Windows has no such rights. Inside a folder that only its owner may enter, nothing is open to others. */
async function readLooseFiles(dataDir: string): Promise<readonly LooseFile[] | undefined> {
  if (process.platform === "win32") return undefined;
  const folder = await looseFile(dataDir);
  if (folder === undefined) return [];
  const names = await readdir(dataDir).catch(() => []);
  const files = await Promise.all(names.slice(0, MOST_FILES).map((name) => looseFile(join(dataDir, name))));
  return [folder, ...files.filter((file) => file !== undefined)];
}

async function looseFile(path: string): Promise<LooseFile | undefined> {
  try {
    const mode = (await stat(path)).mode & 0o777;
    return (mode & OF_OTHERS) === 0 ? undefined : { path, mode };
  } catch {
    return undefined;
  }
}
