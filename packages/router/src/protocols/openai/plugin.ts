import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FleetSnapshot, Holder } from "../../domain/fleet-snapshot.ts";
import { addInferenceRoute, type RouteDoors } from "../inference-route.ts";
import { unknownModelMessage } from "../ollama/encode-error.ts";
import { SIMULATED_MARK } from "../ollama/lists.ts";
import { encodeError } from "./encode-error.ts";
import { type Alias, modelOf, modelsOf } from "./lists.ts";
import { openAiVoices } from "./voices.ts";

/** What the OpenAI routes are given. */
export interface OpenAiDoors extends RouteDoors {
  /** The fleet with or without the machines of the demo. */
  readonly fleet: (withDemo: boolean) => FleetSnapshot;
  /** The names that stand for other models, with who has those. */
  readonly aliases: (withDemo: boolean) => readonly Alias[];
  readonly holdersOf: (model: string, withDemo: boolean) => readonly Holder[];
}

/** The OpenAI routes under `/v1`. */
export function addOpenAiRoutes(server: FastifyInstance, doors: OpenAiDoors): void {
  addInferenceRoute(server, doors, { path: "/v1/chat/completions", voice: openAiVoices.chatCompletions });
  addInferenceRoute(server, doors, { path: "/v1/completions", voice: openAiVoices.completions });
  addInferenceRoute(server, doors, { path: "/v1/responses", voice: openAiVoices.responses });
  addInferenceRoute(server, doors, { path: "/v1/embeddings", voice: openAiVoices.embeddings });
  addInferenceRoute(server, doors, { path: "/v1/images/generations", voice: openAiVoices.imageGenerations });
  server.get("/v1/models", (request, reply) => {
    const { isLoopback } = request;
    return sendEntries(request, reply, modelsOf(doors.fleet(isLoopback), doors.aliases(isLoopback)));
  });
  server.get<{ Params: { "*": string } }>("/v1/models/*", (request, reply) => {
    const name = request.params["*"];
    const entry = modelOf(doors.holdersOf(name, request.isLoopback), name);
    if (entry !== undefined) return sendEntries(request, reply, entry);
    reply.header("x-request-id", request.id);
    const { contentType, body, status } = encodeError(404, unknownModelMessage(name));
    return reply.code(status).type(contentType).header("x-herd-error", "HERD_MODEL_NOT_FOUND").send(Buffer.from(body));
  });
}

function sendEntries(request: FastifyRequest, reply: FastifyReply, content: object): FastifyReply {
  // As Ollama writes them: with a line's end, and as bytes, since a charset would be added to a text.
  const body = Buffer.from(`${JSON.stringify(content)}\n`);
  if (body.includes(SIMULATED_MARK)) reply.header("x-fleet-simulated", "true");
  return reply.header("x-request-id", request.id).type("application/json").send(body);
}
