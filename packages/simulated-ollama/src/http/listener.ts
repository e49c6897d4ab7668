import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { CutKind, CutMarks } from "./cut-marks.ts";

/** A listening port that can be closed, cut and opened again. */
export interface Listener {
  /** Listens on `port`, or again on the port it had. Settles when connections are accepted. */
  open(): Promise<number>;
  /** Refuses new connections; running ones go on. */
  close(): void;
  /** Ends every connection at once. */
  cutAll(how: CutKind): void;
}

/** Where to listen and who answers. */
export interface ListenerParts {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly cuts: CutMarks;
  readonly onRequest: (request: IncomingMessage, response: ServerResponse) => void;
}

/** Creates a listener that is not open yet. */
export function createListener(parts: ListenerParts): Listener {
  const sockets = new Set<Socket>();
  let port = parts.port;
  let server: Server | undefined;
  return {
    async open() {
      if (server !== undefined) return port;
      const next = createGoLikeServer(parts.onRequest);
      next.on("connection", (socket) => {
        sockets.add(socket);
        // A connection that breaks is the client's way to leave; the exchange hears of it by its own close.
        socket.on("error", () => socket.destroy());
        socket.on("close", () => sockets.delete(socket));
      });
      server = next;
      await new Promise<void>((resolve, reject) => {
        next.once("error", reject);
        next.listen({ port, host: parts.host }, resolve);
      }).catch((error: unknown) => {
        server = undefined;
        throw error;
      });
      port = (next.address() as AddressInfo).port;
      return port;
    },
    close() {
      server?.close();
      server = undefined;
    },
    cutAll(how) {
      for (const socket of sockets) parts.cuts.drop(socket, how);
    },
  };
}

/** Go's server has no timeouts and answers a missing Host itself. */
function createGoLikeServer(onRequest: ListenerParts["onRequest"]): Server {
  const server = createServer({ requireHostHeader: false, maxHeaderSize: 2 ** 20 }, onRequest);
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  server.timeout = 0;
  server.maxRequestsPerSocket = 0;
  return server;
}
