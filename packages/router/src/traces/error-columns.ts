import { type ErrorCode, errorEntry } from "../domain/errors.ts";
import type { Outcome } from "../domain/outcome.ts";

/** How a failure is told in a row; all null for a request that completed. */
export interface ErrorColumns {
  readonly error_code: ErrorCode | null;
  /**
   * The failure class of the last attempt, or: `deadline`, `shutdown`, `rejected`, `evicted`, `cancelled`, `router-fault`,
   * `node-fault`, `callers-fault`.
   */
  readonly error_class: string | null;
  readonly error_message: string | null;
}

const noError: ErrorColumns = { error_code: null, error_class: null, error_message: null };

/** Ends that have a name of their own, whichever way the request got there. */
const classOfCode: Partial<Record<ErrorCode, string>> = {
  HERD_WAIT_DEADLINE: "deadline",
  HERD_SHUTTING_DOWN: "shutdown",
};
const classOfSource = { client: "callers-fault", router: "router-fault", node: "node-fault" } as const;

/** The error columns of an outcome. */
export function errorColumns(outcome: Outcome): ErrorColumns {
  switch (outcome.kind) {
    case "completed":
      return noError;
    case "cancelled":
      return columns({ code: "HERD_CLIENT_GONE", detail: "" }, "cancelled");
    case "rejected":
    case "evicted":
      return columns(outcome, outcome.kind);
    case "failed":
      return columns(outcome, outcome.failureClass ?? classOfSource[outcome.source]);
  }
}

function columns(end: { readonly code: ErrorCode; readonly detail: string }, errorClass: string): ErrorColumns {
  return {
    error_code: end.code,
    error_class: classOfCode[end.code] ?? errorClass,
    error_message: end.detail === "" ? errorEntry(end.code).title : end.detail,
  };
}
