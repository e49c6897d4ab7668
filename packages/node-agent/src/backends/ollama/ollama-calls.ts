import type { Dispatcher, Pool } from "undici";
import type { z } from "zod";
import { BackendCallError, callBackend, jsonOf, poolFor, QUICK_MS, takesConnections } from "../backend-call.ts";
import {
  type LoadedEntry,
  psReply,
  type ShowReply,
  type StoredEntry,
  showReply,
  tagsReply,
  versionReply,
} from "./ollama-wire.ts";

/** The few reads that the agent does on its local Ollama. Each throws `BackendCallError`. */
export interface OllamaCalls {
  version(): Promise<string>;
  loaded(): Promise<readonly LoadedEntry[]>;
  stored(): Promise<readonly StoredEntry[]>;
  show(model: string): Promise<ShowReply>;
  /** Whether its port takes connections; no request is made, so that nothing appears in Ollama's log. Never throws. */
  takesConnections(): Promise<boolean>;
  close(): Promise<void>;
}

const LIST_MS = 5_000;
const SHOW_MS = 10_000;

/** @param host URL of the local Ollama, for example `http://127.0.0.1:11434`. */
export function createOllamaCalls(host: string): OllamaCalls {
  const url = new URL(host);
  const pool = poolFor(url.origin);
  const get = (path: string, timeoutMs: number) => ask(pool, { method: "GET", path }, timeoutMs);
  return {
    version: async () => read(versionReply, await get("/api/version", QUICK_MS)).version,
    loaded: async () => read(psReply, await get("/api/ps", QUICK_MS)).models,
    stored: async () => read(tagsReply, await get("/api/tags", LIST_MS)).models,
    show: async (model) => {
      const call = {
        method: "POST" as const,
        path: "/api/show",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model }),
      };
      return read(showReply, await ask(pool, call, SHOW_MS));
    },
    takesConnections: () => takesConnections(url),
    close: () => pool.destroy(),
  };
}

async function ask(pool: Pool, call: Dispatcher.RequestOptions, timeoutMs: number): Promise<unknown> {
  const answer = await callBackend(pool, call, timeoutMs);
  if (answer.status !== 200) throw new BackendCallError("unreadable", `${call.path} answered ${answer.status}`);
  return jsonOf(call.path, answer);
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new BackendCallError("unreadable", "the answer does not have Ollama's shape", { cause: parsed.error });
}
