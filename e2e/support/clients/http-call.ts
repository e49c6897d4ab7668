import { createHash } from "node:crypto";
import { type IncomingMessage, request as openRequest } from "node:http";

/** Where a server listens, as this process reaches it: a TCP port, or a socket file that leads to one. */
export type Target = { readonly host: string; readonly port: number } | { readonly socketPath: string };

/** One HTTP call. */
export interface Call {
  /** Default POST with a body, GET without. */
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body?: string | Uint8Array | object;
}

/** What came back. `cut`: the connection ended before the message did; then what had come until then. */
export interface Reply {
  /** 0 when no head came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  readonly text: string;
  readonly endedBy: "complete" | "cut";
}

/** A call under way. None of its promises rejects. */
export interface OpenCall {
  readonly reply: Promise<Reply>;
  /** Resolves with the first byte of the body, or at the end when none came. */
  readonly firstByte: Promise<void>;
  /** The node that answers, as `X-Fleet-Node` says it; undefined before the head. */
  node(): string | undefined;
  /** Bytes of the body so far. */
  received(): Buffer;
  isOver(): boolean;
  /** Closes the connection as a program that is killed does. */
  leave(): void;
}

/** Starts a call on a connection of its own. */
export function openCall(target: Target, call: Call): OpenCall {
  const bytes = bytesOf(call.body);
  const chunks: Buffer[] = [];
  const first = Promise.withResolvers<void>();
  const end = Promise.withResolvers<Reply>();
  let head: IncomingMessage | undefined;
  let isOver = false;
  const settle = (endedBy: Reply["endedBy"]): void => {
    isOver = true;
    end.resolve(replyOf(head, Buffer.concat(chunks), endedBy));
    first.resolve();
  };
  const request = openRequest({
    ...target,
    agent: false,
    method: call.method ?? (bytes === undefined ? "GET" : "POST"),
    path: call.path,
    headers: { ...(bytes === undefined ? {} : { "content-length": String(bytes.length) }), ...call.headers },
  });
  request.on("response", (response) => {
    head = response;
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      first.resolve();
    });
    response.on("close", () => settle(response.complete ? "complete" : "cut"));
    response.on("error", () => undefined);
  });
  request.on("error", () => {
    if (head === undefined) settle("cut");
  });
  request.end(bytes);
  return {
    reply: end.promise,
    firstByte: first.promise,
    node: () => textOf(head?.headers["x-fleet-node"]),
    received: () => Buffer.concat(chunks),
    isOver: () => isOver,
    leave: () => request.destroy(),
  };
}

/** One whole call. Never rejects: a connection that fails gives status 0. */
export const ask = (target: Target, call: Call): Promise<Reply> => openCall(target, call).reply;

/** One whole call whose answer is JSON. @throws Error when it has another status than 200. */
export async function askJson<Answer>(target: Target, call: Call): Promise<Answer> {
  const { status, text } = await ask(target, call);
  if (status !== 200) throw new Error(`${call.path} answered ${status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as Answer;
}

/** For comparing bodies that are too long to print. */
export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function replyOf(head: IncomingMessage | undefined, body: Buffer, endedBy: Reply["endedBy"]): Reply {
  const headers = Object.entries(head?.headers ?? {}).map(([name, value]) => [name, textOf(value) ?? ""]);
  return { status: head?.statusCode ?? 0, headers: Object.fromEntries(headers), body, text: body.toString(), endedBy };
}

function textOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" || value === undefined ? value : value.join(", ");
}

function bytesOf(body: Call["body"]): Uint8Array | undefined {
  if (body === undefined || body instanceof Uint8Array) return body;
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
}
