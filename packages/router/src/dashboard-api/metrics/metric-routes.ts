import { z } from "zod";
import type { DashboardScope } from "../scope/dashboard-scope.ts";

/** What the route of metrics is given. */
export interface MetricDoors {
  /** Everything measured, as text. @param withDemo with the machines of the demo. */
  readonly text: (withDemo: boolean) => Promise<{ readonly text: string; readonly contentType: string }>;
}

/** `GET` and `HEAD /metrics`, for Prometheus. */
export function addMetricRoutes(scope: DashboardScope, { text }: MetricDoors): void {
  scope.route({
    method: ["GET", "HEAD"],
    url: "/metrics",
    schema: {
      summary: "Everything that is measured, in the text format of Prometheus",
      response: { 200: z.string().describe("text/plain; version=0.0.4") },
    },
    handler: async (request, reply) => {
      const page = await text(request.isLoopback);
      reply.header("content-type", page.contentType).header("cache-control", "no-store");
      // Fastify leaves the body of an answer to HEAD out, and tells its length.
      reply.serializer(String);
      return reply.send(page.text);
    },
  });
}
