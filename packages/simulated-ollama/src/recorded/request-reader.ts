/**
 * Reads requests from the bytes of one connection. Node's own parser would do, but it also decides when a connection is
 * kept and answers some requests by itself, and a replay must not.
 */
import type { WireHeaders } from "./recorded-exchange.ts";

/** A request as it came over the wire, its body without any framing. */
export interface WireRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  /** For instance `HTTP/1.1`. */
  readonly httpVersion: string;
  readonly headers: WireHeaders;
  readonly body: Buffer;
}

/** What the bytes so far say. */
export type ReadEvent =
  | { readonly kind: "request"; readonly request: WireRequest }
  /** The client waits for a `100 Continue` before it sends this body. */
  | { readonly kind: "expects-continue"; readonly head: Omit<WireRequest, "body"> }
  /** These bytes are no HTTP; nothing can be read after them. */
  | { readonly kind: "malformed" };

/** Creates a reader: it takes bytes as they come, and returns what became known by them. */
export function createRequestReader(): (bytes: Buffer) => readonly ReadEvent[] {
  const state: State = { rest: Buffer.alloc(0), head: undefined, isBroken: false };
  return (bytes) => {
    state.rest = Buffer.concat([state.rest, bytes]);
    return [...takeEvents(state)];
  };
}

/** The value of a header, whatever the letter case of its name. */
export function headerOf(headers: WireHeaders, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

type Head = Omit<WireRequest, "body">;

interface State {
  rest: Buffer;
  /** The request whose body is being read. */
  head: Head | undefined;
  isBroken: boolean;
}

const malformed = { kind: "malformed" } as const;

function* takeEvents(state: State): Generator<ReadEvent> {
  while (!state.isBroken) {
    const event = state.head === undefined ? takeHead(state) : takeBody(state, state.head);
    if (event === undefined) return;
    if (event === "continue") continue;
    state.isBroken = event.kind === "malformed";
    yield event;
  }
}

/** `continue` = the head was read and there may be more; `undefined` = more bytes are needed. */
function takeHead(state: State): ReadEvent | "continue" | undefined {
  const read = readHead(state.rest);
  if (read === undefined || read.kind === "malformed") return read;
  state.head = read.head;
  state.rest = state.rest.subarray(read.length);
  const isExpecting = /^100-continue$/i.test(headerOf(read.head.headers, "expect") ?? "");
  return isExpecting && state.rest.length === 0 ? { kind: "expects-continue", head: read.head } : "continue";
}

function takeBody(state: State, head: Head): ReadEvent | undefined {
  const body = readBody(state.rest, head);
  if (body === undefined || body.kind === "malformed") return body;
  state.rest = state.rest.subarray(body.length);
  state.head = undefined;
  return { kind: "request", request: { ...head, body: body.bytes } };
}

function readHead(bytes: Buffer): { kind: "head"; head: Head; length: number } | typeof malformed | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [first = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const [, method, path, httpVersion] = /^([!-~]+) (\S+) (HTTP\/1\.[01])$/.exec(first) ?? [];
  if (method === undefined || path === undefined || httpVersion === undefined) return malformed;
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { kind: "head", head: { method, path, httpVersion, headers }, length: end + 4 };
}

function readBody(
  bytes: Buffer,
  head: Head,
): { kind: "body"; bytes: Buffer; length: number } | typeof malformed | undefined {
  if (/\bchunked\b/i.test(headerOf(head.headers, "transfer-encoding") ?? "")) return readChunks(bytes);
  const length = Number(headerOf(head.headers, "content-length") ?? 0);
  if (!Number.isSafeInteger(length) || length < 0) return malformed;
  return bytes.length < length ? undefined : { kind: "body", bytes: bytes.subarray(0, length), length };
}

function readChunks(bytes: Buffer): ReturnType<typeof readBody> {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16);
    if (Number.isNaN(size)) return malformed;
    const end = lineEnd + 2 + size;
    if (bytes.length < end + 2) return undefined;
    if (size === 0) return { kind: "body", bytes: Buffer.concat(parts), length: end + 2 };
    parts.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
  }
}
