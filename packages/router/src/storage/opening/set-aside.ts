import { existsSync, renameSync } from "node:fs";
import { freeName } from "./free-name.ts";

/**
 * Moves a damaged database out of the way together with its log, under names from which SQLite's own tools can still
 * recover it. Returns the new path. @param now Unix epoch ms
 */
export function setAside(path: string, now: number): string {
  const target = freeName(path, { purpose: "corrupt", now });
  // The log first: a new database must never meet the log of the old one.
  for (const suffix of ["-wal", "-shm", ""]) {
    if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
  }
  return target;
}
