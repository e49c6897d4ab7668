import type { Server } from "node:http";

/** Where the router itself can be called by its own parts, which then are callers like any other. */
export interface OwnPort {
  readonly use: (server: Server) => void;
  /** Undefined before it listens. */
  readonly url: () => string | undefined;
}

/** Builds it, without a server yet. */
export function createOwnPort(): OwnPort {
  let listening: Server | undefined;
  return {
    use: (server) => {
      listening = server;
    },
    url: () => ownUrlOf(listening),
  };
}

/** A router that listens everywhere is reached by loopback, whose callers may do everything. */
function ownUrlOf(server: Server | undefined): string | undefined {
  const address = server?.address();
  if (typeof address !== "object" || address === null) return undefined;
  const { address: host, port, family } = address;
  const isEverywhere = host === "0.0.0.0" || host === "::";
  if (isEverywhere) return `http://127.0.0.1:${port}`;
  return family === "IPv6" ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}
