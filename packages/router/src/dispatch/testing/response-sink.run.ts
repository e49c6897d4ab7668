import type { ServerResponse } from "node:http";
import type { ReplySink } from "../../domain/reply.ts";

/** The client's side of a relay over a plain HTTP response. */
export function createResponseSink(response: ServerResponse): ReplySink {
  return {
    begin: ({ status, headers }) => void response.writeHead(status, [...headers]),
    write: (chunk) => response.destroyed || response.write(chunk),
    onDrain: (resume) => void response.once("drain", resume),
    end: () => void response.end(),
    destroy: () => void response.destroy(),
  };
}
