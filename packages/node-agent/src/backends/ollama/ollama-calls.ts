import { connect } from "node:net";
import { type Dispatcher, Pool } from "undici";
import type { z } from "zod";
import {
  type LoadedEntry,
  psReply,
  type ShowReply,
  type StoredEntry,
  showReply,
  tagsReply,
  versionReply,
} from "./ollama-wire.ts";

/** Why a call to the local Ollama gave nothing. `silent` means that a connection stood but no whole answer came in time. */
export class OllamaCallError extends Error {
  readonly kind: "refused" | "silent" | "unreadable";
  constructor(kind: OllamaCallError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "OllamaCallError";
    this.kind = kind;
  }
}

/** The few reads that the agent does on its local Ollama. Each throws `OllamaCallError`. */
export interface OllamaCalls {
  version(): Promise<string>;
  loaded(): Promise<readonly LoadedEntry[]>;
  stored(): Promise<readonly StoredEntry[]>;
  show(model: string): Promise<ShowReply>;
  /** Whether its port takes connections; no request is made, so that nothing appears in Ollama's log. Never throws. */
  takesConnections(): Promise<boolean>;
  close(): Promise<void>;
}

const QUICK_MS = 2_000;
const LIST_MS = 5_000;
const SHOW_MS = 10_000;
/** Longest answer that is read; a model's licence and template are well below. */
const LONGEST_ANSWER_BYTES = 32 * 2 ** 20;

/** @param host URL of the local Ollama, for example `http://127.0.0.1:11434`. */
export function createOllamaCalls(host: string): OllamaCalls {
  const { origin, hostname, port, protocol } = new URL(host);
  const pool = new Pool(origin, {
    connections: 4,
    connect: { timeout: QUICK_MS },
    maxResponseSize: LONGEST_ANSWER_BYTES,
  });
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
    takesConnections: () =>
      connects(hostname.replace(/^\[|\]$/g, ""), Number(port || (protocol === "https:" ? 443 : 80))),
    close: () => pool.destroy(),
  };
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: QUICK_MS });
    const finish = (outcome: boolean): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once("connect", () => finish(true));
    socket.once("timeout", () => finish(false));
    socket.once("error", () => finish(false));
  });
}

async function ask(pool: Pool, call: Dispatcher.RequestOptions, timeoutMs: number): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const { statusCode, body } = await pool.request({ ...call, signal });
    const text = await body.text();
    if (statusCode !== 200) throw new OllamaCallError("unreadable", `${call.path} answered ${statusCode}`);
    return JSON.parse(text);
  } catch (error) {
    throw callError(call.path, error, signal.aborted);
  }
}

function callError(path: string, error: unknown, isTimeout: boolean): OllamaCallError {
  if (error instanceof OllamaCallError) return error;
  if (error instanceof SyntaxError)
    return new OllamaCallError("unreadable", `${path} answered no JSON`, { cause: error });
  if (isTimeout) return new OllamaCallError("silent", `${path} did not answer in time`, { cause: error });
  return new OllamaCallError("refused", `no connection (${codeOf(error)})`, { cause: error });
}

function codeOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return String(code ?? message ?? error);
}

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new OllamaCallError("unreadable", "the answer does not have Ollama's shape", { cause: parsed.error });
}
