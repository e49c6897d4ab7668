import fastify from "fastify";
import { expect, test } from "vitest";
import { HerdError } from "../domain/errors.ts";
import { addNotYetRoutes } from "./not-yet-routes.ts";

async function serverWith(add: (server: ReturnType<typeof fastify>) => void) {
  const server = fastify();
  server.setErrorHandler((error, _request, reply) => {
    const told = error instanceof HerdError ? { code: error.code, error: error.message } : {};
    return reply.code(error instanceof HerdError ? error.entry.status : 500).send(told);
  });
  add(server);
  addNotYetRoutes(server);
  await server.ready();
  return server;
}

test("a route that is not there yet says what is missing, whatever the body is", async () => {
  const server = await serverWith(() => undefined);
  for (const payload of ["{}", "", "not json"]) {
    const reply = await server.inject({ method: "POST", url: "/api/transcribe", payload });
    expect([reply.statusCode, reply.json()]).toEqual([
      501,
      { code: "HERD_NOT_YET", error: "speech to text: this version of herd cannot do that yet" },
    ]);
  }
});

test("a route that is there is left alone", async () => {
  const server = await serverWith((found) => void found.get("/healthz", () => "well"));
  expect((await server.inject("/healthz")).body).toBe("well");
});

test("an unknown path stays unknown", async () => {
  const server = await serverWith(() => undefined);
  expect((await server.inject("/dashboard/api/usages")).statusCode).toBe(404);
});
