import type { Connection } from "../connection.ts";
import { databaseSize, isShrinkable } from "../retention/database-size.ts";
import { freeSpace } from "./free-space.ts";

/**
 * A file that holds no more than this is written anew once, so that it can give space back from then on: about 10 ms per MiB,
 * free pages take none. One that holds more keeps its free pages and uses them again; `records-findings` tells it.
 */
const REWRITTEN_SIZE = 256 * 2 ** 20;
/** Space that writing anew needs, in sizes of the database: its log and a copy. */
const SPACE_NEEDED = 3;

/** Rows of some hundred bytes leave less of a large page unused, bytes. */
const PAGE_BYTES = 8192;

/** Before the first table of a new file is made: free pages can be given back while the database is used. Others stay as they are. */
export function shapeNewFile(connection: Connection): void {
  if (connection.pragma("page_count", { simple: true }) !== 0) return;
  connection.pragma(`page_size = ${PAGE_BYTES}`);
  connection.pragma("auto_vacuum = INCREMENTAL");
}

/** Writes a file of an earlier program anew when that is quick and there is room. What keeps it from that is no reason not to start. */
export function makeShrinkable(connection: Connection, path: string): void {
  if (isShrinkable(connection)) return;
  const { used } = databaseSize(connection);
  if (used > REWRITTEN_SIZE || freeSpace(path) < SPACE_NEEDED * used) return;
  try {
    connection.pragma("auto_vacuum = INCREMENTAL");
    connection.exec("VACUUM");
  } catch {
    // Somebody keeps it locked, or the disk is fuller than it said: the next start tries again.
  }
}
