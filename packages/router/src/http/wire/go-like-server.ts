import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type RawRefusal, refuseBytes, refuseRequest } from "./refuse-raw.ts";
import { readTarget } from "./request-target.ts";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Go's bound of a request's head, bytes. */
const MOST_HEAD_BYTES = 2 ** 20;

/** Idle connections are kept longer than the usual client pools keep theirs, so that the client is the one who closes. */
const KEEP_ALIVE_MS = 75_000;

/**
 * An HTTP server that treats the edges of the protocol as Go's server under Ollama does, before any route is looked for. It
 * sets no time limit on requests: a model may take minutes to load. The handler meets paths that are ready to be routed.
 */
export function createGoLikeServer(handler: Handler): Server {
  const latest = new WeakMap<Socket, ServerResponse>();
  const server = createServer({ maxHeaderSize: MOST_HEAD_BYTES, requireHostHeader: false }, (request, response) => {
    latest.set(request.socket, response);
    const refusal = headProblem(request) ?? settleTarget(request);
    if (refusal === undefined) handler(request, response);
    else if (refusal === "nothing") response.end();
    else refuseRequest(response, refusal);
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = KEEP_ALIVE_MS + 1_000;
  server.requestTimeout = 0;
  server.timeout = 0;
  // A limit would drop the last headers silently, and with them what a proxy adds about the real caller.
  server.maxHeadersCount = 0;
  server.on("connect", (_request, socket: Socket) => refuseBytes(socket, { status: 404 }));
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const isGone = socket.destroyed || error.code === "ECONNRESET";
    if (isGone || isBeingAnswered(latest.get(socket))) socket.destroy();
    else refuseBytes(socket, refusalOf(error.code));
  });
  return server;
}

/** Whether bytes of ours would end up inside or before somebody's answer. A request that is still coming in is the broken one. */
function isBeingAnswered(response: ServerResponse | undefined): boolean {
  if (response === undefined || response.writableFinished) return false;
  return response.headersSent || response.req.complete;
}

const HOST = /^[\w!$%&()*+,\-.:;='[\]~]*$/;

function headProblem({
  headers,
  httpVersionMajor,
  httpVersionMinor,
  rawHeaders,
}: IncomingMessage): RawRefusal | undefined {
  const { host } = headers;
  if (httpVersionMajor < 1) return { status: 400 };
  if (httpVersionMajor > 1) return { status: 505, detail: "unsupported protocol version" };
  if (host === undefined) {
    return httpVersionMinor === 0 ? undefined : { status: 400, detail: "missing required Host header" };
  }
  if (!HOST.test(host)) return { status: 400, detail: "malformed Host header" };
  return countHosts(rawHeaders) > 1 ? { status: 400 } : undefined;
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === "host") count += 1;
  }
  return count;
}

/** Puts the request's path in order, and its host where the request line names one. `OPTIONS *` is answered with nothing. */
function settleTarget(request: IncomingMessage): RawRefusal | "nothing" | undefined {
  const target = readTarget(request.url ?? "");
  if (target.kind === "server") return request.method === "OPTIONS" ? "nothing" : { status: 400 };
  if (target.kind === "malformed") return { status: 400 };
  request.url = target.path;
  if (target.authority === undefined) return undefined;
  if (!HOST.test(target.authority)) return { status: 400 };
  request.headers.host = target.authority;
  return undefined;
}

function refusalOf(code: string | undefined): RawRefusal {
  if (code === "HPE_HEADER_OVERFLOW") return { status: 431 };
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return { status: 408 };
  return { status: 400 };
}
