import Sqlite from "better-sqlite3";
import { HerdError } from "../domain/errors.ts";

/** Why the database cannot be opened or written. */
export type StorageProblem = "disk-full" | "locked" | "read-only" | "damaged" | "missing" | "moved" | "other";

/** The file under the open database was moved, replaced or deleted. */
export class DatabaseMovedError extends Error {
  readonly code = "DATABASE_MOVED";
}

const problems: readonly (readonly [pattern: RegExp, problem: StorageProblem])[] = [
  [/^(SQLITE_FULL|SQLITE_IOERR_SHMSIZE|ENOSPC|EDQUOT)/, "disk-full"],
  [/^SQLITE_(BUSY|LOCKED)/, "locked"],
  [/^SQLITE_(CORRUPT|NOTADB)/, "damaged"],
  [/^(SQLITE_(READONLY|PERM|AUTH)|EACCES|EPERM|EROFS)/, "read-only"],
  [/^(ENOENT|ENOTDIR|EISDIR)/, "missing"],
  [/^DATABASE_MOVED$/, "moved"],
];

/** Sorts an error of SQLite or of the file system; anything else is `other`. */
export function storageProblemOf(error: unknown): StorageProblem {
  const code = codeOf(error);
  return problems.find(([pattern]) => pattern.test(code))?.[1] ?? "other";
}

/** Whether one row is at fault, so that leaving it out helps; all other errors concern every row. */
export function isRowFault(error: unknown): boolean {
  if (error instanceof Sqlite.SqliteError) return /^SQLITE_(CONSTRAINT|TOOBIG|MISMATCH|RANGE)/.test(error.code);
  return error instanceof TypeError || error instanceof RangeError;
}

/** The error that refuses a start because of `path`. A catalogued error passes unchanged. */
export function dataFolderError(path: string, error: unknown): HerdError {
  if (error instanceof HerdError) return error;
  return new HerdError("HERD_DATA_FOLDER", `${path} cannot be used: ${reasonOf(error)}${wayOut(error)}`, {
    cause: error,
  });
}

/**
 * Runs what writes a change of an operator to the database.
 * @throws HerdError HERD_NOT_STORED where that cannot be written: nothing of the change may then be in force.
 */
export function stored(write: () => void): void {
  try {
    write();
  } catch (error) {
    throw notStored(error);
  }
}

const notStored = (cause: unknown): HerdError => new HerdError("HERD_NOT_STORED", reasonOf(cause), { cause });

/** Where the folder itself is not at fault. */
function wayOut(error: unknown): string {
  if (storageProblemOf(error) === "locked") return "; end that one, and start again";
  const isOfSqlite = error instanceof Sqlite.SqliteError && storageProblemOf(error) === "other";
  return isOfSqlite ? "; its tables are not what this program or its predecessor makes" : "";
}

/** The same in words, for people. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const detail = error instanceof Error ? error.message : String(error);
  switch (storageProblemOf(error)) {
    case "disk-full":
      return "the disk is full";
    case "locked":
      return "another program keeps it locked";
    case "read-only":
      return `it is not writable (${code})`;
    case "damaged":
      return "the file is damaged";
    case "missing":
      return `it is not a file in an existing folder (${code})`;
    case "moved":
      return "the file was moved, replaced or deleted";
    case "other":
      return detail;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
