import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

const noteOf = (path: string): string => `${path}.set-aside`;

/** Leaves word for the next start that the damaged file lies at `target`. */
export function noteSetAside(path: string, target: string): void {
  writeFileSync(noteOf(path), target, { mode: 0o600 });
}

/** The path that was left, once; undefined when none was, or nothing lies there any more. */
export function takeSetAsideNote(path: string): string | undefined {
  const note = noteOf(path);
  if (!existsSync(note)) return undefined;
  const target = readFileSync(note, "utf8");
  rmSync(note, { force: true });
  return existsSync(target) ? target : undefined;
}
