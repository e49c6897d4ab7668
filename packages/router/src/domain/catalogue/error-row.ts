/** Whose doing an error is. */
export type ErrorSource = "client" | "router" | "node" | "operator";

/** One row of the catalogue: HTTP status, whose doing, worth a retry, title, sentence about its subject, what to do. */
export type ErrorRow = readonly [
  status: number,
  source: ErrorSource,
  isRetryable: boolean,
  title: string,
  message: (subject: string) => string,
  hint: string,
];
