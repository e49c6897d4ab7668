import type { StorageProblem } from "../storage-problem.ts";
import type { FlushState } from "./flusher.ts";

/** Something odd about the records, with its fix. */
export interface RecordsFinding {
  readonly id:
    | "records_not_written"
    | "records_lost"
    | "database_set_aside"
    | "database_damaged"
    | "database_keeps_space"
    | "database_log_large"
    | "database_log_gone";
  readonly text: string;
  readonly fix: string;
}

/** What the findings are made of. */
export interface RecordsState {
  /** The database file. */
  readonly path: string;
  /** Where a damaged database was moved to at the start. */
  readonly setAside: string | undefined;
  /** Damage was met since the start, in reading or writing. */
  readonly isDamaged: boolean;
  /** Free space in the file that it cannot give back, bytes. */
  readonly spaceKept: number;
  /** Size of the log beside the file, bytes; undefined when it is not known. */
  readonly logBytes: number | undefined;
  /** The log was moved or deleted, while the file itself is in its place. */
  readonly isLogGone: boolean;
  readonly flush: FlushState;
  /** Requests whose row waits, and those whose row is lost, since the start. */
  readonly counts: { readonly pending: number; readonly dropped: number };
}

/** Space on the disk that is worth a word, bytes: as much as a start writes anew by itself. */
const MUCH_SPACE = 256 * 2 ** 20;

/** What a person should know about the records now; empty when all is well. */
export function recordsFindings(state: RecordsState): readonly RecordsFinding[] {
  return [notWritten, lost, damaged, setAsideAtStart, keepsSpace, largeLog, logGone]
    .map((look) => look(state))
    .filter((found) => found !== undefined);
}

type Look = (state: RecordsState) => RecordsFinding | undefined;

const notWritten: Look = ({ path, flush, counts }) =>
  flush.kind === "failing"
    ? {
        id: "records_not_written",
        text: `records cannot be written to ${path}: ${flush.reason}; requests go on, ${counts.pending} of them wait to be recorded`,
        fix: fixOf(flush.problem, path),
      }
    : undefined;

const lost: Look = ({ counts }) =>
  counts.dropped > 0
    ? {
        id: "records_lost",
        text: `${counts.dropped} requests since the start could not be recorded; their answers are not affected`,
        fix: "Keep the disk writable; trace_backlog says how many requests may wait for it. This note goes with the next start",
      }
    : undefined;

/** While nothing can be written because of it, that says it all. */
const damaged: Look = ({ path, isDamaged, flush }) =>
  isDamaged && !(flush.kind === "failing" && flush.problem === "damaged")
    ? {
        id: "database_damaged",
        text: `parts of ${path} are damaged: some questions about the past cannot be answered, or not fully; requests go on and are recorded`,
        fix: DAMAGED_FIX,
      }
    : undefined;

const setAsideAtStart: Look = ({ setAside }) =>
  setAside === undefined
    ? undefined
    : {
        id: "database_set_aside",
        text: `the database was damaged at the start: it lies at ${setAside}, and a new one was begun with the settings and nodes that could be read`,
        fix: `Recover it with sqlite3 ${setAside} .recover, or delete it. This note goes with the next start`,
      };

const keepsSpace: Look = ({ path, spaceKept }) =>
  spaceKept >= MUCH_SPACE
    ? {
        id: "database_keeps_space",
        text: `${Math.round(spaceKept / 2 ** 20)} MiB of ${path} are free and used again, but not given back to the disk: the predecessor began the file, and it is too large to be written anew at a start`,
        fix: `To have them back, stop the router, run sqlite3 ${path} "PRAGMA auto_vacuum = INCREMENTAL; VACUUM", and start it again; from then on it shrinks by itself`,
      }
    : undefined;

const largeLog: Look = ({ path, logBytes = 0 }) =>
  logBytes >= MUCH_SPACE
    ? {
        id: "database_log_large",
        text: `${path}-wal has grown to ${Math.round(logBytes / 2 ** 20)} MiB: what it holds cannot be moved into the database while another program reads an old state of it`,
        fix: `End the transaction of the program that has the database open (a sqlite3 shell?); fuser ${path} names it. The log then shrinks by itself`,
      }
    : undefined;

const logGone: Look = ({ path, isLogGone, flush }) =>
  isLogGone && flush.kind === "writing"
    ? {
        id: "database_log_gone",
        text: `${path}-wal was moved or deleted: records go on into it, but other programs do not see them, and a crash would lose them`,
        fix: "Restart the router in the ordinary way: it moves what the log holds into the database when it ends. Let no other program write to the database before",
      }
    : undefined;

const DAMAGED_FIX =
  "Restart the router: it looks at the whole file, sets it aside when it is damaged, and begins a new one";

function fixOf(problem: StorageProblem, path: string): string {
  switch (problem) {
    case "disk-full":
      return "Make space on that disk; writing goes on by itself within 2 s";
    case "locked":
      return "End the program that keeps the database locked; writing goes on by itself within 2 s";
    case "read-only":
      return "Make the folder and its files writable; writing goes on by itself within 2 s";
    case "moved":
    case "missing":
      return `Put it back to ${path}, and writing goes on by itself within 2 s; or restart the router: it goes on with what lies there then, or begins a new one, and records what waits`;
    case "damaged":
      return `${DAMAGED_FIX} with what waits`;
    case "other":
      return "See the reason; restart the router if it stays: it makes anew what is missing, and records what waits";
  }
}
