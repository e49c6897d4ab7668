import type { IncomingMessage } from "node:http";
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from "fastify";
import { HerdError } from "../domain/errors.ts";
import type { RouteClass } from "./access-policy.ts";
import { type BodyForm, takeBody } from "./bodies/take-body.ts";
import { createZstdUnpacker } from "./bodies/zstd-unpacker.ts";
import type { HeldBytes } from "./held-bytes.ts";
import { type DoorParts, meetCaller } from "./meet-caller.ts";
import type { HeldBody } from "./read-body.ts";
import { requestIdOf } from "./request-id.ts";
import { answerUnknown, tellError } from "./tell-error.ts";
import { createGoLikeServer } from "./wire/go-like-server.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What the route lets a caller do; `use` when absent. */
    readonly access?: RouteClass;
    /** How the route gets its body; `whole` when absent. */
    readonly body?: BodyForm;
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
export interface ServerParts extends DoorParts {
  readonly held: HeldBytes;
  /** ms on the monotonic clock. */
  readonly now: () => number;
  readonly log: FastifyBaseLogger;
}

/** Builds the server: any content type, access policy before anything else, errors in every dialect. */
export function createServer(parts: ServerParts): FastifyInstance {
  const server = fastify({
    serverFactory: (handler) => createGoLikeServer(handler),
    // The listener answers broken requests itself; answering again would write after its end.
    clientErrorHandler: () => undefined,
    loggerInstance: parts.log,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: "request_id" }),
    exposeHeadRoutes: false,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    forceCloseConnections: "idle",
    // Admission refuses newcomers while the router stops, in their dialect.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    genReqId: (request) => requestIdOf(request.headers["x-request-id"]),
    frameworkErrors: (cause, request, reply) => {
      const error = new HerdError("HERD_BAD_REQUEST", "a part of the path is too long, or cannot be read", { cause });
      tellError(parts, { request, reply }, error);
    },
  });
  server.decorateRequest("clientAddress", "");
  server.decorateRequest("isLoopback", false);
  server.decorateRequest("arrivedAt", 0);
  server.addHook("onRequest", (request, reply, done) => {
    request.arrivedAt = parts.now();
    acceptAnyType(request.raw);
    if (meetCaller(parts, { request, reply })) done();
  });
  addBodies(server, parts);
  server.setNotFoundHandler((request, reply) => answerUnknown(parts, { request, reply }));
  server.setErrorHandler((error, request, reply) => {
    const told = error instanceof HerdError ? error : new HerdError("HERD_INTERNAL", "", { cause: error });
    if (told.code === "HERD_INTERNAL") request.log.error({ exception: error }, "a route failed");
    tellError(parts, { request, reply }, told);
  });
  return server;
}

/** The bytes of a request's body; empty when it has none. */
export function bodyOf(request: FastifyRequest): Uint8Array {
  return heldBodyOf(request)?.body ?? new Uint8Array();
}

function addBodies(server: FastifyInstance, { held }: ServerParts): void {
  const bodyParts = { held, unpack: createZstdUnpacker() };
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (request: FastifyRequest, payload: IncomingMessage) =>
    takeBody(payload, request.routeOptions.config.body ?? "whole", bodyParts),
  );
  server.addHook("preValidation", (request, reply, done) => {
    const body = heldBodyOf(request);
    // The end of the response is not told when the client leaves before it; the end of its connection always is.
    if (body !== undefined) reply.raw.once("close", body.release);
    done();
  });
}

function heldBodyOf(request: FastifyRequest): HeldBody | undefined {
  const held = request.body as HeldBody | undefined | null;
  return held ?? undefined;
}

const MEDIA_TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*($|;)/;

/** Bodies are read whatever their type is said to be, also where that is no type: the framework would refuse those. */
function acceptAnyType({ headers }: IncomingMessage): void {
  const type = headers["content-type"];
  if (type !== undefined && !MEDIA_TYPE.test(type)) headers["content-type"] = "application/octet-stream";
}
