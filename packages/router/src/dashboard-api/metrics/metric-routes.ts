import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { z } from "zod";
import type { DashboardScope } from "../scope/dashboard-scope.ts";

/** What the route of metrics is given. */
export interface MetricDoors {
  /** Everything measured, as text. @param withDemo with the machines of the demo. */
  readonly text: (withDemo: boolean) => Promise<{ readonly text: string; readonly contentType: string }>;
}

/** Shorter pages fit into a few packets as they are, characters. */
const WORTH_PACKING = 16_384;
const pack = promisify(gzip);

/** `GET` and `HEAD /metrics`, for Prometheus; packed where the reader takes that, as Prometheus does. */
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
      reply.header("vary", "accept-encoding");
      // Fastify leaves the body of an answer to HEAD out, and tells its length.
      reply.serializer(String);
      if (page.text.length < WORTH_PACKING || !takesGzip(request.headers["accept-encoding"]))
        return reply.send(page.text);
      return reply.header("content-encoding", "gzip").send(await pack(page.text));
    },
  });
}

/** Named, and not with a weight of 0. */
const takesGzip = (accepted: string | string[] | undefined): boolean =>
  String(accepted ?? "")
    .split(",")
    .some((one) => /^\s*gzip\s*(;\s*q=(1(\.0*)?|0?\.0*[1-9]\d*)\s*)?$/i.test(one));
