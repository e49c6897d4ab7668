import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";

/** Where the router itself can be called by its own parts, which then are callers like any other. */
export interface OwnPort {
  readonly use: (server: Server) => void;
  /** For calls of its own parts only; undefined before it listens. */
  readonly url: () => string | undefined;
  /** The port that everybody calls; undefined before it listens. */
  readonly port: () => number | undefined;
}

/** Builds it, without a server yet. */
export function createOwnPort(): OwnPort {
  let listening: Server | undefined;
  let door: OwnDoor | undefined;
  return {
    use: (server) => {
      listening = server;
      server.once("listening", () => {
        if (!isOnLoopback(server)) door = openDoor(server);
      });
      server.once("close", () => door?.close());
    },
    url: () => (door === undefined ? ownUrlOf(listening) : door.url()),
    port: () => portOf(listening),
  };
}

/** A second way in for the router's own parts only. */
interface OwnDoor {
  /** Undefined before it listens. */
  readonly url: () => string | undefined;
  readonly close: () => void;
}

/**
 * A router that listens on one address of the network alone would take its own calls for those of another machine, which may
 * change nothing. This door on loopback hands them in; who does not know its path, other programs of this machine, is
 * turned away, so that nothing is opened that was not open.
 */
function openDoor(server: Server): OwnDoor {
  const secret = `/${randomBytes(24).toString("base64url")}`;
  const inner = createServer((request, response) => {
    if (request.url?.startsWith(`${secret}/`) !== true) return void response.writeHead(404).end();
    request.url = request.url.slice(secret.length);
    server.emit("request", request, response);
  });
  // Without it the parts say that the router does not listen yet, which is so for them.
  inner.on("error", () => undefined);
  inner.listen(0, "127.0.0.1");
  inner.unref();
  return {
    url: () => {
      const url = ownUrlOf(inner);
      return url === undefined ? undefined : url + secret;
    },
    close: () => {
      inner.close();
      inner.closeAllConnections();
    },
  };
}

/** On loopback, or everywhere, which has loopback in it. */
function isOnLoopback(server: Server): boolean {
  const address = server.address();
  if (typeof address !== "object" || address === null) return true;
  return isEverywhere(address.address) || /^127\.|^::1$|^::ffff:127\./.test(address.address);
}

const isEverywhere = (host: string): boolean => host === "0.0.0.0" || host === "::";

function portOf(server: Server | undefined): number | undefined {
  const address = server?.address();
  return typeof address === "object" && address !== null ? address.port : undefined;
}

/** A router that listens everywhere is reached by loopback, whose callers may do everything. */
function ownUrlOf(server: Server | undefined): string | undefined {
  const address = server?.address();
  if (typeof address !== "object" || address === null) return undefined;
  const { address: host, port, family } = address;
  if (isEverywhere(host)) return `http://127.0.0.1:${port}`;
  return family === "IPv6" ? `http://[${host}]:${port}` : `http://${host}:${port}`;
}
