import type { Connection } from "../connection.ts";

/** How large the database is, bytes. */
export interface DatabaseSize {
  /** Pages that hold something. */
  readonly used: number;
  /** Pages that wait to be used again or given back to the file system. */
  readonly free: number;
  readonly page: number;
}

/** Cheap: it reads the file's header only. */
export function databaseSize(connection: Connection): DatabaseSize {
  const number = (pragma: string): number => Number(connection.pragma(pragma, { simple: true }));
  const page = number("page_size");
  const free = number("freelist_count");
  return { used: (number("page_count") - free) * page, free: free * page, page };
}

/** Free space that is left for what comes next, bytes, and as a share of what is used. */
const SLACK_BYTES = 4 * 2 ** 20;
const SLACK_SHARE = 0.05;
/** Pages that one step gives back: some ms. */
const STEP_PAGES = 32;

/** More pages are free than what comes next may need, and the file can give them back. */
export function hasSpaceToGive(connection: Connection): boolean {
  const { used, free } = databaseSize(connection);
  return free > Math.max(SLACK_BYTES, used * SLACK_SHARE) && isShrinkable(connection);
}

/** Gives some free pages at the end of the file back to the file system, while others read. Returns whether there were any to give back. */
export function shrinkSome(connection: Connection): boolean {
  if (!hasSpaceToGive(connection)) return false;
  connection.pragma(`incremental_vacuum(${STEP_PAGES})`);
  return true;
}

/**
 * Free space of a file that is not made to shrink (`auto_vacuum`): it is used again, but never given back, bytes. 0 as well when
 * that cannot be found out: why not is told by who writes.
 */
export function spaceKept(connection: Connection): number {
  try {
    return isShrinkable(connection) ? 0 : databaseSize(connection).free;
  } catch {
    return 0;
  }
}

/** The value of `auto_vacuum` for a file that shrinks when it is told to (sqlite.org/pragma.html). */
const INCREMENTAL = 2;

/** Whether free pages can be given back step by step. */
export const isShrinkable = (connection: Connection): boolean =>
  connection.pragma("auto_vacuum", { simple: true }) === INCREMENTAL;
