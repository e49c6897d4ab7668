import Sqlite from "better-sqlite3";
import type { Connection } from "../../storage/connection.ts";

/** How long a question waits for another program's lock, ms: nobody but who asked waits with it. */
const WAIT_MS = 1000;
/** Pages that are kept in memory, KiB. */
const CACHE_KIB = 8192;

/** A further connection to a database that is open already, for questions only. @throws SqliteError when it cannot be opened. */
export function openForReading(path: string): Connection {
  const connection = new Sqlite(path, { readonly: true, fileMustExist: true, timeout: WAIT_MS });
  connection.pragma(`cache_size = -${CACHE_KIB}`);
  // What a question sets aside is small, and the folder for temporary files may be full or not writable.
  connection.pragma("temp_store = MEMORY");
  return connection;
}
