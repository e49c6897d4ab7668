import type { StorageProblem } from "../storage-problem.ts";
import type { FlushState } from "./flusher.ts";

/** Something odd about the records, with its fix. */
export interface RecordsFinding {
  readonly id: "records_not_written" | "records_lost" | "database_set_aside";
  readonly text: string;
  readonly fix: string;
}

/** What the findings are made of. */
export interface RecordsState {
  /** The database file. */
  readonly path: string;
  /** Where a damaged database was moved to at the start. */
  readonly setAside: string | undefined;
  readonly flush: FlushState;
  /** Requests whose row waits, and those whose row is lost, since the start. */
  readonly counts: { readonly pending: number; readonly dropped: number };
}

/** What a person should know about the records now; empty when all is well. */
export function recordsFindings({ path, setAside, flush, counts }: RecordsState): readonly RecordsFinding[] {
  const findings: RecordsFinding[] = [];
  if (flush.kind === "failing") {
    findings.push({
      id: "records_not_written",
      text: `records cannot be written to ${path}: ${flush.reason}; requests go on, ${counts.pending} of them wait to be recorded`,
      fix: fixOf(flush.problem, path),
    });
  }
  if (counts.dropped > 0) {
    findings.push({
      id: "records_lost",
      text: `${counts.dropped} requests since the start could not be recorded; their answers are not affected`,
      fix: "Keep the disk writable; trace_backlog says how many requests may wait for it. This note goes with the next start",
    });
  }
  if (setAside !== undefined) {
    findings.push({
      id: "database_set_aside",
      text: `the database was damaged at the start: it lies at ${setAside}, and a new one was begun`,
      fix: `Recover it with sqlite3 ${setAside} .recover, or delete it. This note goes with the next start`,
    });
  }
  return findings;
}

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
      return `Put it back to ${path}, and writing goes on by itself within 2 s; or restart the router to begin a new one`;
    case "damaged":
      return "Restart the router: it sets the damaged file aside and begins a new one";
    case "other":
      return "See the reason; restart the router if it stays";
  }
}
