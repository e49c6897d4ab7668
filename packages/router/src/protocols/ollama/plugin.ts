import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FleetSnapshot } from "../../domain/fleet-snapshot.ts";
import { addInferenceRoute, type RouteDoors } from "../inference-route.ts";
import { psOf, SIMULATED_MARK, tagsOf, versionOf } from "./lists.ts";
import { ollamaVoices } from "./voices.ts";

/** What the native routes are given. */
export interface OllamaDoors extends RouteDoors {
  /** Serves a request on any node that has its model, without a lane. */
  readonly serveAnyHolder: RouteDoors["serve"];
  /** Lets a node pull a model. */
  readonly servePull: RouteDoors["serve"];
  /** The fleet with or without the machines of the demo. */
  readonly fleet: (withDemo: boolean) => FleetSnapshot;
  /** Unix epoch ms. */
  readonly epochNow: () => number;
  readonly herdVersion: string;
}

const JSON_TYPE = "application/json; charset=utf-8";

/** Ollama's native routes. */
export function addOllamaRoutes(server: FastifyInstance, doors: OllamaDoors): void {
  addInferenceRoute(server, doors, { path: "/api/chat", voice: ollamaVoices.chat });
  addInferenceRoute(server, doors, { path: "/api/generate", voice: ollamaVoices.generate });
  addInferenceRoute(server, doors, { path: "/api/embed", voice: ollamaVoices.embed });
  addInferenceRoute(server, doors, { path: "/api/embeddings", voice: ollamaVoices.embeddings });
  addInferenceRoute(server, { ...doors, serve: doors.serveAnyHolder }, { path: "/api/show", voice: ollamaVoices.show });
  addInferenceRoute(
    server,
    { ...doors, serve: doors.servePull },
    { path: "/api/pull", voice: ollamaVoices.pull, access: "change" },
  );
  addList(server, "/api/tags", (withDemo) => tagsOf(doors.fleet(withDemo)));
  addList(server, "/api/version", (withDemo) => versionOf(doors.fleet(withDemo), doors.herdVersion));
  server.get("/api/ps", (request, reply) =>
    sendJson(request, reply, psOf(doors.fleet(request.isLoopback), doors.epochNow())),
  );
  server.route({ method: ["GET", "HEAD"], url: "/", handler: answerRoot });
}

/** Clients get Ollama's own sentence, by which they know that a server runs; a browser gets the dashboard. */
function answerRoot(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.method === "GET" && (request.headers.accept ?? "").includes("text/html"))
    return reply.redirect("/dashboard/");
  return reply.header("x-request-id", request.id).type("text/plain; charset=utf-8").send("Ollama is running");
}

function addList(server: FastifyInstance, url: string, list: (withDemo: boolean) => object): void {
  const handler = (request: FastifyRequest, reply: FastifyReply) => sendJson(request, reply, list(request.isLoopback));
  server.route({ method: ["GET", "HEAD"], url, handler });
}

function sendJson(request: FastifyRequest, reply: FastifyReply, content: object): FastifyReply {
  const body = JSON.stringify(content);
  if (body.includes(SIMULATED_MARK)) reply.header("x-fleet-simulated", "true");
  return reply.header("x-request-id", request.id).type(JSON_TYPE).send(Buffer.from(body));
}
