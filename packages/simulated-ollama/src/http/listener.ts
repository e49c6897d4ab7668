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
  let listening = Promise.resolve(port);
  const keepTrack = (socket: Socket): void => {
    sockets.add(socket);
    // A connection that breaks is the client's way to leave; the exchange hears of it by its own close.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  return {
    async open() {
      if (server === undefined) {
        const next = createGoLikeServer(parts.onRequest);
        next.on("connection", keepTrack);
        server = next;
        listening = listening.then(() => listen(next, { port, host: parts.host }));
      }
      port = await listening.catch((error: unknown) => {
        server = undefined;
        listening = Promise.resolve(port);
        throw error;
      });
      return port;
    },
    close() {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      // A server that is about to listen would listen all the same after a close: it is closed when it does.
      if (closing.listening) closing.close();
      else listening = listening.finally(() => closing.close());
    },
    cutAll(how) {
      for (const socket of sockets) parts.cuts.drop(socket, how);
    },
  };
}

/** Resolves to the port. */
function listen(server: Server, place: { readonly port: number; readonly host: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(place, () => resolve((server.address() as AddressInfo).port));
  });
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
