import type { IncomingMessage, ServerResponse } from "node:http";
import type { CutMarks } from "./cut-marks.ts";
import type { OpenRequest, ReceivedRequest } from "./received.ts";
import { createReply, type Reply } from "./reply.ts";

/** One request with its way back. */
export interface Exchange {
  readonly received: ReceivedRequest;
  readonly method: string;
  /** The decoded path without the query. */
  readonly path: string;
  readonly body: Buffer;
  /** Aborted when the connection ends before the answer does. */
  readonly signal: AbortSignal;
  readonly reply: Reply;
  header(name: string): string | undefined;
}

/** What to call when. `now` is in milliseconds since the epoch. */
export interface ExchangeParts {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly now: () => number;
  readonly cuts: CutMarks;
}

/** Reads the whole request; `undefined` when the client left before its end. */
export async function openExchange(parts: ExchangeParts): Promise<Exchange | undefined> {
  const { request, response, now, cuts } = parts;
  const received: OpenRequest = {
    method: request.method ?? "GET",
    path: request.url ?? "/",
    headers: pairs(request.rawHeaders),
    body: Buffer.alloc(0),
    at: now(),
    closedByClientAt: undefined,
  };
  const controller = new AbortController();
  response.on("close", () => {
    if (response.writableFinished) return;
    if (!cuts.wasCut(request.socket)) received.closedByClientAt = now();
    controller.abort();
  });
  try {
    received.body = await readAll(request);
  } catch {
    // The client left in the middle of its own request: there is nobody to answer.
    return undefined;
  }
  return {
    received,
    method: received.method,
    path: decodePath(received.path),
    body: received.body,
    signal: controller.signal,
    reply: createReply(response, cuts),
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function pairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [flat[index * 2] ?? "", flat[index * 2 + 1] ?? ""]);
}

function decodePath(target: string): string {
  const path = target.split("?", 1)[0] ?? "/";
  try {
    return decodeURIComponent(path);
  } catch {
    // A path with a broken escape matches no route.
    return path;
  }
}
