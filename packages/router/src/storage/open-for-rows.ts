import Sqlite from "better-sqlite3";
import { type Connection, LOG_SIZE_LIMIT } from "./connection.ts";

/** How long a write waits for another connection's lock, ms: nobody but the rows waits with it. */
const WAIT_MS = 300;

/** A further connection to a database that is open already, for a thread that only adds rows. @throws SqliteError when it cannot be opened. */
export function openForRows(path: string): Connection {
  const connection = new Sqlite(path, { fileMustExist: true, timeout: WAIT_MS });
  connection.pragma("synchronous = NORMAL");
  connection.pragma("foreign_keys = ON");
  connection.pragma(`journal_size_limit = ${LOG_SIZE_LIMIT}`);
  return connection;
}
