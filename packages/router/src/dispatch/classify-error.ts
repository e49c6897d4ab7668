/** What a transport error tells. */
export interface TransportFault {
  readonly detail: string;
  /** Nobody listens on the port. */
  readonly isRefused: boolean;
}

const REFUSALS = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "UND_ERR_CONNECT_TIMEOUT",
  "ENOTFOUND",
]);

/** Reads an error of the HTTP client. */
export function classifyError(error: Error): TransportFault {
  const code = codeOf(error);
  return {
    detail: code === undefined ? error.message : `${code}: ${error.message}`,
    isRefused: REFUSALS.has(code ?? ""),
  };
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  if ("errors" in error && Array.isArray(error.errors)) return codeOf(error.errors[0]);
  return "cause" in error ? codeOf(error.cause) : undefined;
}
