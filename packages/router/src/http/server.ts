import type { IncomingMessage } from "node:http";
import fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { type ErrorCode, errorEntry, HerdError } from "../domain/errors.ts";
import { type AccessPolicy, type RouteClass, unmapped } from "./access-policy.ts";
import { cleanPath } from "./clean-path.ts";
import type { HeldBytes } from "./held-bytes.ts";
import { type HeldBody, readBody } from "./read-body.ts";
import { requestIdOf } from "./request-id.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the route lets a caller do; `use` when absent. */
    readonly access?: RouteClass;
  }
  interface FastifyRequest {
    /** The caller's own address, behind trusted proxies. */
    clientAddress: string;
    isLoopback: boolean;
    /** Arrival, ms on the monotonic clock. */
    arrivedAt: number;
  }
}

/** What the HTTP server is made of. */
export interface ServerParts {
  readonly policy: AccessPolicy;
  readonly held: HeldBytes;
  /** ms on the monotonic clock. */
  readonly now: () => number;
  readonly log: FastifyBaseLogger;
  /** An error in the dialect that a path belongs to. */
  readonly encodeError: (path: string, error: ToldError) => { readonly contentType: string; readonly body: string };
  /** The methods a known path has, for 405; empty for an unknown path. */
  readonly methodsOf: (path: string) => readonly string[];
}

/** An error on its way to a client. */
export interface ToldError {
  readonly status: number;
  readonly code: ErrorCode;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
  readonly requestId: string;
}

/** Idle connections are kept longer than the usual client pools keep theirs, so that the client is the one who closes. */
const KEEP_ALIVE_MS = 75_000;

/** Builds the server: no time limits on requests, any content type, access policy before anything else, errors in every dialect. */
export function createServer(parts: ServerParts): FastifyInstance {
  const server = fastify({
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true }),
    exposeHeadRoutes: false,
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_MS,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    forceCloseConnections: "idle",
    // Admission refuses newcomers while the router stops, in their dialect.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    rewriteUrl: (request) => cleanPath(request.url ?? "/"),
    genReqId: (request) => requestIdOf(request.headers["x-request-id"]),
  });
  server.server.headersTimeout = KEEP_ALIVE_MS + 1_000;
  server.decorateRequest("clientAddress", "");
  server.decorateRequest("isLoopback", false);
  server.decorateRequest("arrivedAt", 0);
  server.addHook("onRequest", (request, reply, done) => {
    request.arrivedAt = parts.now();
    const refusal = admitCaller(parts, request);
    acceptAnyType(request.raw);
    if (refusal === undefined) done();
    else tell(parts, { request, reply }, refusal);
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (_request: FastifyRequest, payload: IncomingMessage) =>
    readBody(payload, parts.held),
  );
  server.addHook("preValidation", (request, reply, done) => {
    const held = heldBodyOf(request);
    // The end of the response is not told when the client leaves before it; the end of its connection always is.
    if (held !== undefined) reply.raw.once("close", held.release);
    done();
  });
  server.setNotFoundHandler((request, reply) => answerUnknown(parts, request, reply));
  server.setErrorHandler((error, request, reply) => {
    const told = error instanceof HerdError ? error : new HerdError("HERD_INTERNAL", "", { cause: error });
    if (told.code === "HERD_INTERNAL") request.log.error({ exception: error }, "a route failed");
    tell(parts, { request, reply }, told);
  });
  return server;
}

/** The bytes of a request's body; empty when it has none. */
export function bodyOf(request: FastifyRequest): Uint8Array {
  return heldBodyOf(request)?.body ?? new Uint8Array();
}

function heldBodyOf(request: FastifyRequest): HeldBody | undefined {
  const held = request.body as HeldBody | undefined | null;
  return held ?? undefined;
}

function admitCaller({ policy }: ServerParts, request: FastifyRequest): HerdError | undefined {
  const { headers } = request.raw;
  const forwardedFor = headers["x-forwarded-for"];
  const caller = {
    address: unmapped(request.raw.socket.remoteAddress ?? ""),
    forwardedFor: Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor,
    isForwarded: isForwarded(headers),
    host: headers.host,
    origin: headers.origin,
  };
  const verdict = policy.judge(caller, request.routeOptions.config.access ?? "use");
  if (verdict.kind === "refused") {
    const subject = verdict.code === "HERD_ADMIN_ONLY" ? request.url : verdict.subject;
    return new HerdError(verdict.code, subject);
  }
  request.clientAddress = verdict.address;
  request.isLoopback = verdict.standing === "loopback";
  return undefined;
}

function isForwarded(headers: IncomingMessage["headers"]): boolean {
  for (const name in headers) if (name === "forwarded" || name.startsWith("x-forwarded-")) return true;
  return false;
}

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*($|;)/;

/** Bodies are read whatever their type is said to be, also where that is no type: the framework would refuse those. */
function acceptAnyType({ headers }: IncomingMessage): void {
  const type = headers["content-type"];
  if (type !== undefined && !MEDIA_TYPE.test(type)) headers["content-type"] = "application/octet-stream";
}

/** A known path with another method is a 405 with `Allow`; anything else is Go's plain 404. */
function answerUnknown(parts: ServerParts, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  request.raw.resume();
  const methods = parts.methodsOf(request.url.split("?")[0] ?? "");
  reply.header("content-type", "text/plain").header("x-request-id", request.id);
  if (methods.length === 0) return reply.code(404).send("404 page not found");
  return reply.code(405).header("allow", methods.join(", ")).send("405 method not allowed");
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

function tell(parts: ServerParts, { request, reply }: Exchange, error: HerdError): void {
  if (reply.raw.headersSent) {
    reply.raw.destroy();
    return;
  }
  const entry = errorEntry(error.code);
  const { contentType, body } = parts.encodeError(request.url, {
    status: entry.status,
    code: error.code,
    message: error.message,
    hint: entry.hint,
    requestId: request.id,
  });
  reply.code(entry.status).header("content-type", contentType).header("x-request-id", request.id);
  reply.header("x-herd-error", error.code).header("x-herd-hint", entry.hint);
  if (entry.isRetryable) reply.header("retry-after", "1");
  if (!request.raw.complete) {
    // The rest of the body is of no use; the connection ends with this answer.
    request.raw.resume();
    reply.header("connection", "close");
  }
  reply.send(Buffer.from(body));
}
