import { type ErrorCode, HerdError } from "../../domain/errors.ts";
import { DatabaseMovedError, reasonOf } from "../../storage/storage-problem.ts";
import type { ToldError } from "./messages.ts";

/** A question that was not answered in time, or not taken at all. */
export const tooSlow = (why: string): HerdError => new HerdError("HERD_RECORDS_BUSY" satisfies ErrorCode, why);

/** The error for who asked, when the database could not be read. */
export function unreadable(cause: unknown): HerdError {
  return new HerdError("HERD_RECORDS_UNREADABLE" satisfies ErrorCode, reasonOf(cause), { cause });
}

/** The error for who asked, when the thread's told one. A mistake of ours has no code and stays an internal error. */
export function errorOf({ message, code }: ToldError): HerdError {
  const cause = Object.assign(new Error(message), { code });
  return /^(SQLITE_|E[A-Z]+$)/.test(code) ? unreadable(cause) : new HerdError("HERD_INTERNAL", "", { cause });
}

/** The file is not where it was: what could be read is not what is written. */
export const moved = (): HerdError => unreadable(new DatabaseMovedError("the database was moved"));
