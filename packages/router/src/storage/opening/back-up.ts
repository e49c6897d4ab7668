import { closeSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import type { Connection } from "../connection.ts";
import { freeName } from "./free-name.ts";

/**
 * Copies the database, what its log still holds included, to `<path>.before-herd-<UTC stamp>` and returns that path.
 * The name appears only once the copy is complete and on disk. @param now Unix epoch ms
 */
export function backUp(connection: Connection, { path, now }: { readonly path: string; readonly now: number }): string {
  const target = freeName(path, { purpose: "before-herd", now });
  const partial = `${target}.partial`;
  try {
    // VACUUM INTO accepts an empty file, so that its mode is ours from the first byte on.
    closeSync(openSync(partial, "w", 0o600));
    connection.prepare("VACUUM INTO ?").run(partial);
    flushToDisk(partial);
    renameSync(partial, target);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
  return target;
}

function flushToDisk(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
