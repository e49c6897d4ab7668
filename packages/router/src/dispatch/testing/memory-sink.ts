import type { ReplySink } from "../../domain/reply.ts";

/** A client that takes everything at once and remembers it. */
export interface MemorySink extends ReplySink {
  readonly text: () => string;
}

export function createMemorySink(): MemorySink {
  const chunks: Uint8Array[] = [];
  return {
    begin: () => undefined,
    write: (chunk) => {
      chunks.push(chunk);
      return true;
    },
    onDrain: (resume) => resume(),
    end: () => undefined,
    destroy: () => undefined,
    text: () => Buffer.concat(chunks).toString(),
  };
}
