import type { Pool } from "undici";
import { type BackendAnswer, callBackend, poolFor, takesConnections } from "../backend-call.ts";

/** The few calls that the agent makes to a server with OpenAI's API. Each throws `BackendCallError`. */
export interface ServerCalls {
  get(path: string): Promise<BackendAnswer>;
  post(path: string, body: object): Promise<BackendAnswer>;
  /** Whether its port takes connections; no request is made. Never throws. */
  takesConnections(): Promise<boolean>;
  close(): Promise<void>;
}

/** A server that computes may answer late. */
const ANSWER_MS = 5_000;

/** @param url of the server, without `/v1`; its path stands before the path of every call. */
export function createServerCalls(url: string): ServerCalls {
  const place = new URL(url);
  const base = place.pathname.replace(/\/+$/, "");
  const pool: Pool = poolFor(place.origin);
  const headers = { "content-type": "application/json" };
  return {
    get: (path) => callBackend(pool, { method: "GET", path: base + path }, ANSWER_MS),
    post: (path, body) =>
      callBackend(pool, { method: "POST", path: base + path, headers, body: JSON.stringify(body) }, ANSWER_MS),
    takesConnections: () => takesConnections(place),
    close: () => pool.destroy(),
  };
}
