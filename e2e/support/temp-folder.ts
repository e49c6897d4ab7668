import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";

/** A new empty folder, removed at the end. Its path is short enough to hold socket files. */
export function tempFolder(cleanup: Cleanup): string {
  const folder = mkdtempSync(join(tmpdir(), "herd-e2e-"));
  cleanup.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
