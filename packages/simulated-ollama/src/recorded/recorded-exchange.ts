import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Header names and values in wire order and case. */
export type WireHeaders = readonly (readonly [string, string])[];

/** One recorded exchange, as its file says; see the README beside the recordings. */
export interface RecordedExchange {
  readonly name: string;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
  readonly serverLog?: readonly string[];
}

/** What was sent. */
export interface RecordedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly headers: WireHeaders;
  readonly body?: string | null;
  readonly bodyBase64?: string | null;
  /** `HTTP/1.0`; left out for HTTP/1.1. */
  readonly httpVersion?: string;
}

/** What came back. Times are milliseconds since the whole request was sent. */
export interface RecordedResponse {
  /** `null` = no head came. */
  readonly status: number | null;
  readonly reason: string | null;
  readonly headers: WireHeaders;
  readonly transferEncoding: "chunked" | null;
  readonly headersAtMs: number | null;
  readonly chunks: readonly RecordedChunk[];
  readonly endedBy: "complete" | "reset" | "timeout" | "client-abort";
  /** How the connection ended when it ended too early. */
  readonly endDetail?: string;
  readonly endedAtMs?: number;
  /** Heads with a status of 1xx that came before, as received. */
  readonly interim?: string;
  readonly httpVersion?: string;
}

/** One HTTP chunk, or the one piece of a body with a length. */
export interface RecordedChunk {
  readonly atMs: number;
  readonly text?: string;
  readonly base64?: string;
}

/**
 * Reads every `*.json` of a folder, in the order in which they were recorded. Throws when the folder cannot be read,
 * holds none, or a file is no recorded exchange.
 */
export function readRecordedExchanges(folder: string): readonly RecordedExchange[] {
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));
  if (files.length === 0) throw new Error(`no recordings (*.json) in ${folder}`);
  return files.map((file) => readFile(join(folder, file))).toSorted(byTime);
}

/** The bytes of a recorded request's body. */
export function requestBody(request: RecordedRequest): Buffer {
  if (typeof request.bodyBase64 === "string") return Buffer.from(request.bodyBase64, "base64");
  return Buffer.from(request.body ?? "");
}

/** The bytes of one recorded chunk. */
export function chunkBytes(chunk: RecordedChunk): Buffer {
  return chunk.base64 === undefined ? Buffer.from(chunk.text ?? "") : Buffer.from(chunk.base64, "base64");
}

function readFile(file: string): RecordedExchange {
  const value = parse(file);
  if (!isExchange(value)) throw new Error(`${file} is no recorded exchange: name, request or response is missing`);
  return value;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw new Error(`${file} cannot be read as JSON`, { cause });
  }
}

function isExchange(value: unknown): value is RecordedExchange {
  if (typeof value !== "object" || value === null) return false;
  const { name, request, response } = value as Partial<RecordedExchange>;
  const isRequest = typeof request?.method === "string" && typeof request.path === "string";
  const isResponse = Array.isArray(response?.chunks) && Array.isArray(response.headers);
  return typeof name === "string" && isRequest && Array.isArray(request.headers) && isResponse;
}

/** By the second of the answer's Date, then by the first record's own time, then by name. */
function byTime(one: RecordedExchange, other: RecordedExchange): number {
  return secondOf(one) - secondOf(other) || compare(finerTime(one), finerTime(other)) || compare(one.name, other.name);
}

/** Milliseconds since the epoch, whole seconds; an exchange without any time comes last. */
function secondOf({ response, serverLog }: RecordedExchange): number {
  const date = response.headers.find(([name]) => name === "Date")?.[1];
  const logged = serverLog?.[0]?.match(/time=(\S+)/)?.[1];
  const time = Date.parse(date ?? logged ?? "");
  return Number.isNaN(time) ? Number.MAX_SAFE_INTEGER : Math.floor(time / 1000) * 1000;
}

function finerTime({ response }: RecordedExchange): string {
  return response.chunks[0]?.text?.match(/"created_at":"([^"]+)"/)?.[1] ?? "";
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
