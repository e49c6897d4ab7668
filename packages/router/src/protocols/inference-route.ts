import type { RequestId } from "@herd/shared";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { errorEntry } from "../domain/errors.ts";
import type { Incoming, RouteVoice } from "../pipeline/incoming.ts";

/** What the routes of every dialect are given. */
export interface RouteDoors {
  /** Serves one request to its end; never rejects for an expected end. */
  readonly serve: (incoming: Incoming, voice: RouteVoice) => Promise<void>;
  readonly sinkOf: (reply: FastifyReply) => Incoming["sink"];
  readonly bodyOf: (request: FastifyRequest) => Uint8Array;
}

/** One route, and what it lets a caller do. */
export interface InferenceRoute {
  readonly path: string;
  readonly voice: RouteVoice;
  readonly access?: "use" | "change";
}

/** Adds one inference route: the body goes to the pipeline as bytes, the reply is written on the raw socket. */
export function addInferenceRoute(
  server: FastifyInstance,
  doors: RouteDoors,
  { path, voice, access = "use" }: InferenceRoute,
): void {
  // As Ollama: bodies packed by zstd are unpacked on the routes of OpenAI's and Anthropic's API, and nowhere else.
  const body = path.startsWith("/v1/") ? "decoded" : "whole";
  server.post(path, { config: { access, body } }, (request, reply) => {
    handOver(doors, { request, reply, voice }, (incoming) => doors.serve(incoming, voice));
  });
}

/** One request at its route. */
export interface RouteExchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly voice: Pick<RouteVoice, "encodeError">;
}

/** Hands a request over to what writes the reply on the raw socket; an error inside the router is told where it can be. */
export function handOver(
  doors: Pick<RouteDoors, "sinkOf" | "bodyOf">,
  { request, reply, voice }: RouteExchange,
  serve: (incoming: Incoming) => Promise<void>,
): void {
  reply.hijack();
  serve(incomingOf(doors, request, reply)).catch((error: unknown) => {
    request.log.error({ exception: error }, "a request ended by an error inside the router");
    tellInternalError(reply, voice, request.id as RequestId);
  });
}

/** While nothing has left, the client is told; a begun answer can only be cut. */
function tellInternalError(reply: FastifyReply, voice: RouteExchange["voice"], requestId: RequestId): void {
  if (reply.raw.headersSent || reply.raw.destroyed) {
    reply.raw.destroy();
    return;
  }
  const entry = errorEntry("HERD_INTERNAL");
  const { contentType, body } = voice.encodeError({ status: entry.status, message: entry.message(""), requestId });
  reply.raw.writeHead(entry.status, {
    "content-type": contentType,
    "x-request-id": requestId,
    "x-herd-error": entry.code,
  });
  reply.raw.end(body);
}

function incomingOf(
  doors: Pick<RouteDoors, "sinkOf" | "bodyOf">,
  request: FastifyRequest,
  reply: FastifyReply,
): Incoming {
  return {
    requestId: request.id as RequestId,
    path: request.url,
    headers: request.raw.rawHeaders,
    body: doors.bodyOf(request),
    client: { address: request.clientAddress, isLoopback: request.isLoopback },
    sink: doors.sinkOf(reply),
    onClientGone: (leave) => {
      reply.raw.once("close", () => {
        if (!reply.raw.writableEnded) leave();
      });
    },
    arrivedAt: request.arrivedAt,
  };
}
