/**
 * One router per data folder. The lock is a write transaction that stays open on a database of its own, so the system
 * gives it back however the process ends, and it holds wherever SQLite's own locks hold, NFS with locking included. Who
 * holds it stands in a file beside it, for people and for the refusal.
 */
import { chmodSync, closeSync, openSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { HerdError } from "../../domain/errors.ts";
import { dataFolderError, storageProblemOf } from "../storage-problem.ts";
import { type FolderHolder, readHolder, removeHolder, sentenceOf, writeHolder } from "./folder-holder.ts";

/** A data folder that belongs to this process. */
export interface FolderLock {
  /** The port is known now. @throws the file system's error when that cannot be noted. */
  tellPort(port: number): void;
  /** Gives the folder back; a second call does nothing. */
  release(): void;
}

const LOCK_NAME = "router.lock";
const HOLDER_NAME = "router.lock.json";

/**
 * Takes the folder, which must exist, for as long as this process lives. Changes nothing in it when another has it.
 * @throws HerdError HERD_FOLDER_IN_USE naming the holder; HERD_DATA_FOLDER when the lock cannot be kept there.
 */
export function lockFolder(folder: string, holder: FolderHolder): FolderLock {
  const path = join(folder, LOCK_NAME);
  const holderPath = join(folder, HOLDER_NAME);
  try {
    const connection = takeLock(path);
    try {
      writeHolder(holderPath, holder);
    } catch (error) {
      connection.close();
      throw error;
    }
    return {
      tellPort: (port) => writeHolder(holderPath, { ...holder, port }),
      release: () => {
        if (!connection.open) return;
        removeHolder(holderPath, holder);
        connection.close();
      },
    };
  } catch (error) {
    if (storageProblemOf(error) !== "locked") throw dataFolderError(path, error);
    throw inUseError(error, { folder, holderPath });
  }
}

/** Who has a folder, as far as it has written that down. */
export const holderOf = (folder: string): Partial<FolderHolder> => readHolder(join(folder, HOLDER_NAME));

function inUseError(cause: unknown, { folder, holderPath }: { readonly folder: string; readonly holderPath: string }) {
  const subject = `the data folder ${folder} is in use by ${sentenceOf(readHolder(holderPath))}`;
  return new HerdError("HERD_FOLDER_IN_USE", subject, { cause });
}

/** @throws SqliteError SQLITE_BUSY when another connection has it, in this process or any other. */
function takeLock(path: string): Sqlite.Database {
  makeFile(path);
  const connection = new Sqlite(path, { timeout: 0 });
  try {
    connection.exec("BEGIN IMMEDIATE");
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** An existing file is not opened here: closing it again would drop a lock that this process has on it. */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
    chmodSync(path, 0o600);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
