import { buildConnector, Client } from "undici";
import { isLoopback, normaliseAddress } from "./addresses.ts";

/** What the router answered, or why it did not. `body` is undefined when it was no JSON. */
export type RouterAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly body: unknown }
  | { readonly kind: "failed"; readonly reason: string };

/** Where the router was reached. */
export interface RouterAddress {
  readonly address: string;
  /** It runs on this machine. */
  readonly isLocal: boolean;
}

/** The calls an agent makes to its router. They never throw. */
export interface RouterCalls {
  /** `GET /fleet/identity`. */
  readIdentity(): Promise<RouterAnswer>;
  /** `POST /heartbeat` with exactly these bytes. */
  postHeartbeat(body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<RouterAnswer>;
  /** The other end of the newest connection; undefined before the first. */
  address(): RouterAddress | undefined;
  /** The next call opens a connection of its own; calls under way fail. */
  reconnect(): void;
  close(): Promise<void>;
}

/** A machine of the same network accepts within milliseconds, or after one lost packet and a second. */
const CONNECT_MS = 2_000;
const ANSWER_MS = 5_000;
/** Longest answer that is read; real ones have a few hundred bytes. */
const LONGEST_ANSWER_BYTES = 2 ** 20;

/**
 * Calls go to where the router is at that moment; a host name is resolved anew for each connection.
 * @param routerUrl with the path prefix, if any, under which a reverse proxy serves the router; undefined while none is known
 */
export function createRouterCalls(routerUrl: () => string | undefined): RouterCalls {
  let address: RouterAddress | undefined;
  const connect = addressTellingConnector((found) => {
    address = found;
  });
  let line: Line | undefined;
  const lineTo = (url: string): Line => {
    if (line?.url === url) return line;
    void hangUp();
    line = openLine(url, connect);
    return line;
  };
  const hangUp = (used = line): Promise<void> => {
    if (line === used) line = undefined;
    return used === undefined ? Promise.resolve() : used.client.destroy();
  };
  const call = async (request: Omit<Call, "signal">): Promise<RouterAnswer> => {
    const url = routerUrl();
    if (url === undefined) return { kind: "failed", reason: "no router is known yet" };
    const used = lineTo(url);
    try {
      const signal = AbortSignal.timeout(ANSWER_MS);
      const { statusCode, body } = await used.client.request({ ...request, path: used.prefix + request.path, signal });
      return { kind: "answered", status: statusCode, body: parseJson(await body.text()) };
    } catch (error) {
      // A connection that failed once may hang for ever: the next call gets a new one.
      void hangUp(used);
      return { kind: "failed", reason: reasonOf(error) };
    }
  };
  return {
    readIdentity: () => call({ method: "GET", path: "/fleet/identity" }),
    postHeartbeat: (body, headers) =>
      call({ method: "POST", path: "/heartbeat", body, headers: { "content-type": "application/json", ...headers } }),
    address: () => address,
    reconnect: () => void hangUp(),
    close: () => hangUp(),
  };
}

/** A client of the router at one URL. */
interface Line {
  readonly url: string;
  readonly prefix: string;
  readonly client: Client;
}

function openLine(url: string, connect: buildConnector.connector): Line {
  const { origin, pathname } = new URL(url);
  const client = new Client(origin, { connect, maxResponseSize: LONGEST_ANSWER_BYTES });
  return { url, prefix: pathname.replace(/\/+$/, ""), client };
}

type Call = Parameters<Client["request"]>[0];

/** Connects as usual and tells, for each connection, whom it reached. */
function addressTellingConnector(onConnected: (address: RouterAddress) => void): buildConnector.connector {
  const connect = buildConnector({ timeout: CONNECT_MS });
  return (options, callback) =>
    connect(options, (...outcome) => {
      const [, socket] = outcome;
      const address = normaliseAddress(socket?.remoteAddress);
      const own = normaliseAddress(socket?.localAddress);
      if (address !== undefined) onConnected({ address, isLocal: isLoopback(address) || address === own });
      callback(...outcome);
    });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "no answer in time";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "UND_ERR_DESTROYED") return "the connection was given up";
  return error.message === "" ? code || error.name : error.message;
}
