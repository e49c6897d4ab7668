import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * `/healthz`: the process answers. `/readyz`: it takes new requests; 503 while it stops, so that whoever spreads load over
 * several routers goes elsewhere.
 */
export function addHealthRoutes(server: FastifyInstance, isReady: () => boolean): void {
  const method = ["GET", "HEAD"];
  server.route({ method, url: "/healthz", handler: () => ({ status: "ok" }) });
  server.route({ method, url: "/readyz", handler: (request, reply) => tellReadiness({ request, reply }, isReady()) });
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

function tellReadiness({ request, reply }: Exchange, isReady: boolean): FastifyReply {
  reply.header("x-request-id", request.id).header("cache-control", "no-store");
  if (isReady) return reply.send({ status: "ready" });
  return reply.code(503).header("retry-after", "1").send({ status: "stopping" });
}
