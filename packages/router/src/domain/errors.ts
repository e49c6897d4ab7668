import type { ErrorRow, ErrorSource } from "./catalogue/error-row.ts";
import { fleetErrors } from "./catalogue/fleet-errors.ts";
import { requestErrors } from "./catalogue/request-errors.ts";

/** One entry of the catalogue. Codes are permanent. */
export interface ErrorEntry {
  readonly code: ErrorCode;
  /** HTTP status before the first byte. */
  readonly status: number;
  /** Whose doing it is. */
  readonly source: ErrorSource;
  /** Trying again later may work; such answers carry Retry-After. */
  readonly isRetryable: boolean;
  readonly title: string;
  /** The sentence for the client; `subject` is the model, field, address or file at fault. */
  readonly message: (subject: string) => string;
  /** What to do about it. */
  readonly hint: string;
}

const rows = { ...requestErrors, ...fleetErrors };

export type ErrorCode = keyof typeof rows;

/** Every error the product can tell, by code. */
export const errorCatalogue: ReadonlyMap<ErrorCode, ErrorEntry> = new Map(
  Object.entries(rows).map(([code, row]) => {
    const [status, source, isRetryable, title, message, hint]: ErrorRow = row;
    return [code as ErrorCode, { code: code as ErrorCode, status, source, isRetryable, title, message, hint }];
  }),
);

/** The entry of a code. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  const entry = errorCatalogue.get(code);
  if (entry === undefined) throw new RangeError(`no catalogue entry for ${code}`);
  return entry;
}

/** An error of the catalogue on its way to whoever can tell it; `subject` is what the sentence is about. */
export class HerdError extends Error {
  readonly code: ErrorCode;
  readonly entry: ErrorEntry;
  /** Field, flag or setting at fault, when there is one. */
  readonly field: string | undefined;

  constructor(code: ErrorCode, subject: string, options: { readonly cause?: unknown; readonly field?: string } = {}) {
    const entry = errorEntry(code);
    super(entry.message(subject), { cause: options.cause });
    this.name = "HerdError";
    this.code = code;
    this.entry = entry;
    this.field = options.field;
  }
}
