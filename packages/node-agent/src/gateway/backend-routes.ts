import type { IncomingMessage, ServerResponse } from "node:http";
import { Pool } from "undici";
import { answerMyself } from "./own-answer.ts";
import { createRelay } from "./relay.ts";

/** The backends of this machine by their first path segment. */
export interface BackendRoutes {
  /** Passes a call on to the backend its path names, without that segment. */
  relay(call: IncomingMessage, response: ServerResponse): void;
  close(): Promise<void>;
}

/** A backend that the gateway leads to. */
export interface GatewayBackend {
  /** Its path, if any, stands before the path of every call. */
  readonly url: string;
  /** What every path must begin with: `/` for all of it. */
  readonly within: string;
}

/** What routes are built from. */
export interface BackendRoutesDependencies {
  /** By first path segment, for example `/ollama`. */
  readonly backends: Readonly<Record<string, GatewayBackend>>;
  /** A backend could not be connected to. */
  readonly onUnreachable: (error: Error, backend: string) => void;
}

/** Longest header section that is read, on both sides. */
export const LARGEST_HEADERS_BYTES = 256 * 1024;
const CONNECT_MS = 5_000;

/** One pool of connections per backend, without time limits: a load may take minutes without a byte. */
export function createBackendRoutes({ backends, onUnreachable }: BackendRoutesDependencies): BackendRoutes {
  const routes = Object.entries(backends).map(([prefix, { url, within }]) => {
    const { origin, host, pathname } = new URL(url);
    const limits = { headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: LARGEST_HEADERS_BYTES };
    const pool = new Pool(origin, { ...limits, pipelining: 1, connect: { timeout: CONNECT_MS } });
    const relay = createRelay({ pool, host, onUnreachable: (error) => onUnreachable(error, prefix) });
    return { prefix, within, base: pathname.replace(/\/+$/, ""), pool, relay };
  });
  const relay = (call: IncomingMessage, response: ServerResponse): void => {
    const url = call.url ?? "";
    const route = routes.find(({ prefix }) => url === prefix || url.startsWith(`${prefix}/`));
    const path = route === undefined ? "" : url.slice(route.prefix.length) || "/";
    const reason = whyNot(route, path);
    if (reason === undefined) route?.relay({ call, response, path: route.base + path });
    else answerMyself(call, response, { status: 502, mark: "unreachable", reason });
  };
  const close = async (): Promise<void> => {
    await Promise.all(routes.map(({ pool }) => pool.destroy()));
  };
  return { relay, close };
}

/** Why a call does not pass; undefined when it does. */
function whyNot(route: Pick<GatewayBackend, "within"> | undefined, path: string): string | undefined {
  if (route === undefined) return "there is no backend under this path";
  return isWithin(path, route.within) ? undefined : `only ${route.within} of this backend is lent`;
}

/** Whether a path begins with this one, also when a server would resolve the dots in it. */
function isWithin(path: string, within: string): boolean {
  if (within === "/") return true;
  const resolved = URL.parse(path, "http://backend")?.pathname ?? "";
  return path.startsWith(within) && resolved.startsWith(within);
}
