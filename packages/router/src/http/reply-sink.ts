import type { ServerResponse } from "node:http";
import type { ReplySink } from "../domain/reply.ts";

/** The client's side of a relay over a raw HTTP response. */
export function createReplySink(raw: ServerResponse): ReplySink {
  let hasBegun = false;
  return {
    begin: ({ status, headers }) => {
      hasBegun = true;
      raw.writeHead(status, headers as string[]);
    },
    write: (chunk) => raw.destroyed || raw.write(chunk),
    onDrain: (resume) => {
      raw.once("drain", resume);
    },
    end: () => {
      raw.end();
    },
    destroy: () => {
      raw.destroy();
    },
    get hasBegun() {
      return hasBegun;
    },
    get isClosed() {
      return raw.destroyed;
    },
  };
}
