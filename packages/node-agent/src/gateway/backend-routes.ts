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

/** What routes are built from. */
export interface BackendRoutesDependencies {
  /** First path segment to the URL of the backend behind it, for example `/ollama` to `http://127.0.0.1:11434`. */
  readonly backends: Readonly<Record<string, string>>;
  /** A backend could not be connected to. */
  readonly onUnreachable: (error: Error) => void;
}

/** Longest header section that is read, on both sides. */
export const LARGEST_HEADERS_BYTES = 256 * 1024;
const CONNECT_MS = 5_000;

/** One pool of connections per backend, without time limits: a load may take minutes without a byte. */
export function createBackendRoutes({ backends, onUnreachable }: BackendRoutesDependencies): BackendRoutes {
  const routes = Object.entries(backends).map(([prefix, url]) => {
    const { origin, host } = new URL(url);
    const limits = { headersTimeout: 0, bodyTimeout: 0, maxHeaderSize: LARGEST_HEADERS_BYTES };
    const pool = new Pool(origin, { ...limits, pipelining: 1, connect: { timeout: CONNECT_MS } });
    return { prefix, pool, relay: createRelay({ pool, host, onUnreachable }) };
  });
  const relay = (call: IncomingMessage, response: ServerResponse): void => {
    const url = call.url ?? "";
    const route = routes.find(({ prefix }) => url === prefix || url.startsWith(`${prefix}/`));
    if (route === undefined) {
      const reason = "there is no backend under this path";
      answerMyself(call, response, { status: 502, mark: "unreachable", reason });
    } else {
      route.relay({ call, response, path: url.slice(route.prefix.length) || "/" });
    }
  };
  const close = async (): Promise<void> => {
    await Promise.all(routes.map(({ pool }) => pool.destroy()));
  };
  return { relay, close };
}
