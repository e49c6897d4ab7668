import fastify from "fastify";
import { expect, test } from "vitest";
import { collectRouteMethods } from "./route-methods.ts";

const answer = () => "";

test("the methods of a path are told in Ollama's order, parameters and wildcards filled in", async () => {
  const server = fastify({ exposeHeadRoutes: false });
  const methodsOf = collectRouteMethods(server);
  server.route({ method: ["GET", "HEAD"], url: "/api/tags", handler: answer });
  server.post("/api/tags", answer);
  server.get("/fleet/decisions/:id", answer);
  server.delete("/fleet/nodes/:id", answer);
  server.get("/v1/models/*", answer);
  await server.register((inner, _options, done) => {
    inner.get("/inner/a.b", answer);
    done();
  });
  await server.ready();
  expect(methodsOf("/api/tags")).toEqual(["HEAD", "GET", "POST"]);
  expect(methodsOf("/fleet/decisions/r-1")).toEqual(["GET"]);
  expect(methodsOf("/fleet/nodes/a")).toEqual(["DELETE"]);
  expect(methodsOf("/v1/models/ns/name:tag")).toEqual(["GET"]);
  expect(methodsOf("/inner/a.b")).toEqual(["GET"]);
  expect(methodsOf("/inner/axb")).toEqual([]);
  expect(methodsOf("/fleet/decisions")).toEqual([]);
  expect(methodsOf("/fleet/decisions/r-1/more")).toEqual([]);
  expect(methodsOf("/nowhere")).toEqual([]);
});
