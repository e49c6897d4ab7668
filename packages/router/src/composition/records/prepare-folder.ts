import { chmodSync } from "node:fs";
import { makeFolder } from "@herd/shared/log-file";
import { dataFolderError } from "../../storage/storage-problem.ts";

/**
 * Makes the data folder where it is missing, and keeps it from other users.
 * @throws HerdError HERD_DATA_FOLDER when that cannot be done.
 */
export function prepareFolder(path: string): void {
  try {
    makeFolder(path, 0o700);
    chmodSync(path, 0o700);
  } catch (cause) {
    throw dataFolderError(path, cause);
  }
}
