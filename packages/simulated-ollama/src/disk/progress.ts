/** What a long job of the disk tells while it runs, in Ollama's order of members. */
export type ProgressStep =
  | { readonly kind: "progress"; readonly record: ProgressRecord }
  /** The end of a job that failed; `status` is that of an answer that has not begun, 500 unless given. */
  | { readonly kind: "failed"; readonly text: string; readonly status?: number };

/** One line of the stream. */
export interface ProgressRecord {
  readonly status: string;
  readonly digest?: string;
  /** Bytes; left out when 0, as the other one. */
  readonly total?: number;
  readonly completed?: number;
}

/** A record without numbers. */
export function progress(status: string): ProgressStep {
  return { kind: "progress", record: { status } };
}

/** A record of a file on its way. */
export function transferProgress(
  verb: "pulling" | "pushing",
  layer: TransferredLayer,
  completed: number,
): ProgressStep {
  const { digest, sizeBytes } = layer;
  const numbers = { total: sizeBytes || undefined, completed: completed || undefined };
  const given = Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined));
  return {
    kind: "progress",
    record: { status: `${verb} ${digest.slice(0, 12)}`, digest: `sha256:${digest}`, ...given },
  };
}

/** A file on its way. */
export interface TransferredLayer {
  readonly digest: string;
  readonly sizeBytes: number;
}

/** The end of a job that failed. */
export function failed(text: string, status?: number): ProgressStep {
  return { kind: "failed", text, ...(status === undefined ? {} : { status }) };
}
