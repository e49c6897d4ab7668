import { accessSync, closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { HerdError } from "../../domain/errors.ts";

/** What lies at the database's path: nothing (or an empty file), something SQLite may open, or no database. */
export type FileState = "absent" | "usable" | "damaged";

const HEADER_BYTES = 100;
const MAGIC = "SQLite format 3\0";
/** Where the header keeps `user_version`, big-endian (sqlite.org/fileformat2.html). */
const USER_VERSION_OFFSET = 60;

/**
 * Looks at the file before SQLite opens it, without changing anything. Never called while this process has the database
 * open: closing a second descriptor would drop SQLite's locks.
 * @throws HERD_DATABASE_NEWER when its version is above `latest`; errors of the file system when folder or file cannot be written.
 */
export function examineFile(path: string, latest: number): FileState {
  accessSync(dirname(path), constants.W_OK | constants.X_OK);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return "absent";
  if (!found.isFile()) throw new HerdError("HERD_DATA_FOLDER", `${path} cannot be used: it is not a file`);
  accessSync(path, constants.R_OK | constants.W_OK);
  const header = readHeader(path);
  if (header === undefined) return "absent";
  if (header.length < HEADER_BYTES || header.toString("latin1", 0, MAGIC.length) !== MAGIC) return "damaged";
  if (header.readUInt32BE(USER_VERSION_OFFSET) > latest) throw new HerdError("HERD_DATABASE_NEWER", path);
  return "usable";
}

/** The first bytes; undefined for an empty file. */
function readHeader(path: string): Buffer | undefined {
  const file = openSync(path, "r");
  try {
    if (fstatSync(file).size === 0) return undefined;
    const header = Buffer.alloc(HEADER_BYTES);
    return header.subarray(0, readSync(file, header, 0, HEADER_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
