import type { FastifyInstance } from "fastify";
import type { FleetSnapshot, Holder } from "../../domain/fleet-snapshot.ts";
import { addInferenceRoute, type RouteDoors } from "../inference-route.ts";
import { unknownModelMessage } from "../ollama/encode-error.ts";
import { encodeError } from "./encode-error.ts";
import { type Alias, modelOf, modelsOf } from "./lists.ts";
import { chatCompletionsVoice } from "./voices.ts";

/** What the OpenAI routes are given. */
export interface OpenAiDoors extends RouteDoors {
  readonly fleet: () => FleetSnapshot;
  /** The names that stand for other models, with who has those. */
  readonly aliases: () => readonly Alias[];
  readonly holdersOf: (model: string) => readonly Holder[];
}

/** The OpenAI routes under `/v1`. */
export function addOpenAiRoutes(server: FastifyInstance, doors: OpenAiDoors): void {
  addInferenceRoute(server, doors, { path: "/v1/chat/completions", voice: chatCompletionsVoice });
  server.get("/v1/models", (request, reply) =>
    reply
      .header("x-request-id", request.id)
      .type("application/json")
      .send(JSON.stringify(modelsOf(doors.fleet(), doors.aliases()))),
  );
  server.get<{ Params: { "*": string } }>("/v1/models/*", (request, reply) => {
    const name = request.params["*"];
    const entry = modelOf(doors.holdersOf(name), name);
    reply.header("x-request-id", request.id);
    if (entry !== undefined) return reply.type("application/json").send(JSON.stringify(entry));
    const { contentType, body, status } = encodeError(404, unknownModelMessage(name));
    return reply.code(status).type(contentType).header("x-herd-error", "HERD_MODEL_NOT_FOUND").send(body);
  });
}
