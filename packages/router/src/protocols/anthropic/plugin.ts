import { randomBytes } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { errorEntry } from "../../domain/errors.ts";
import type { BodyFacts } from "../../domain/request.ts";
import { addInferenceRoute, type RouteDoors } from "../inference-route.ts";
import type { Refusal } from "../reading/read-result.ts";
import type { RouteReader } from "../reading/route-reader.ts";
import { PingingSink } from "./pinging-sink.ts";
import { createMessagesReader } from "./read-messages.ts";
import { createMessagesVoice } from "./voices.ts";

/** What the routes of Anthropic's API are given. */
export interface AnthropicDoors extends RouteDoors {
  /** Estimated tokens of a prompt for the model that serves such a request to such a caller. */
  readonly countTokens: (facts: BodyFacts, withDemo: boolean) => number;
  /** Whether streams that wait are answered with pings; asked with each request. */
  readonly isPinging: () => boolean;
  /** Calls back once after so many ms; what it returns takes that back. */
  readonly startTimer: (call: () => void, ms: number) => () => void;
}

/** `/v1/messages` and `/v1/messages/count_tokens`. */
export function addAnthropicRoutes(server: FastifyInstance, doors: AnthropicDoors): void {
  const voice = createMessagesVoice(newErrorId);
  addInferenceRoute(server, { ...doors, serve: pinging(doors) }, { path: "/v1/messages", voice });
  const reader = createMessagesReader({ newErrorId, needsLimit: false });
  server.post("/v1/messages/count_tokens", { config: { body: "decoded" } }, (request, reply) =>
    answerCount(doors, reader, { request, reply }),
  );
}

/** As Ollama makes them. */
const newErrorId = (): string => `req_${randomBytes(12).toString("hex")}`;

/** Serves with a sink that pings while it waits, where that is wanted. */
const pinging =
  (doors: AnthropicDoors): RouteDoors["serve"] =>
  (incoming, voice) => {
    if (!doors.isPinging()) return doors.serve(incoming, voice);
    const isStream = (): boolean => {
      const reading = voice.read(incoming.body);
      return reading.refusal === undefined && reading.facts.isStream;
    };
    const { requestId } = incoming;
    const sink = new PingingSink(incoming.sink, { requestId, isStream, startTimer: doors.startTimer, newErrorId });
    incoming.onClientGone(() => sink.stop());
    return doors.serve({ ...incoming, sink }, voice).finally(() => sink.stop());
  };

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Needs no node, so what a node would refuse is refused here. */
function answerCount(doors: AnthropicDoors, reader: RouteReader, { request, reply }: Exchange): FastifyReply {
  const body = doors.bodyOf(request);
  const reading = reader.read(body);
  reply.header("x-request-id", request.id);
  if (reading.refusal !== undefined) return sendRefusal(reply, reading.refusal);
  const refusal = reader.judge(body);
  if (refusal !== undefined) return sendRefusal(reply, refusal);
  const input_tokens = doors.countTokens(reading.facts, request.isLoopback);
  return reply.type("application/json").send(JSON.stringify({ input_tokens }));
}

function sendRefusal(reply: FastifyReply, { status, contentType, body, code }: Refusal): FastifyReply {
  reply.header("x-herd-error", code).header("x-herd-hint", errorEntry(code).hint);
  return reply.code(status).header("content-type", contentType).send(Buffer.from(body));
}
