import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Cleanup, createCleanup } from "../support/cleanup.ts";
import { ask, askJson } from "../support/clients/http-call.ts";
import { type LocalFleet, startLocalAgent, startLocalRouter } from "../support/fleets/local-fleet.ts";
import { type OpenAiServer, startOpenAiServer } from "../support/fleets/openai-server.ts";
import { nodeView } from "../support/fleets/process-fleet.ts";
import { until } from "../support/until.ts";

const MODEL = "/models/Tiny Chat.Q4_1.gguf";
const NAME = "Tiny-Chat.Q4_1:latest";
const NOWHERE = "http://127.0.0.1:9";

let cleanup: Cleanup;
let router: Omit<LocalFleet, "nodes">;
let server: OpenAiServer;
beforeEach(async () => {
  cleanup = createCleanup();
  router = await startLocalRouter(cleanup, { FLEET_START_GRACE_S: "0" });
  server = await startOpenAiServer(cleanup, MODEL);
});
afterEach(() => cleanup.run());

/** The names in one of the three lists. */
const namesIn = async (path: string): Promise<readonly unknown[]> => {
  const { models, data } = await askJson<{ models?: { name: string }[]; data?: { id: string }[] }>(router.target, {
    path,
  });
  return models?.map(({ name }) => name) ?? data?.map(({ id }) => id) ?? [];
};

const chat = (model: string) =>
  ask(router.target, {
    path: "/v1/chat/completions",
    body: { model, messages: [{ role: "user", content: "Hello" }] },
  });

const backendOf = async (id: string) => (await nodeView(router.target, id))?.backends[1];

describe.each([
  { way: "loopback", urlOf: (port: number) => `http://127.0.0.1:${port}` },
  // The same place under an address that no router takes for its own machine's.
  { way: "gateway", urlOf: (port: number) => `http://[::ffff:127.0.0.1]:${port}` },
])("a server with OpenAI's API that an agent lends, reached by $way", ({ way, urlOf }) => {
  beforeEach(async () => {
    const backends = [urlOf(server.port)];
    await startLocalAgent(cleanup, { id: "studio", routerUrl: router.url, ollamaUrl: NOWHERE, backends, beatS: 0.2 });
    await until({
      what: "the server is reported",
      look: async () => (await backendOf("studio"))?.state === "reachable",
      withinMs: 10_000,
    });
  });

  test("is in the status and in every list, under a name that clients can ask for", async () => {
    expect(await backendOf("studio")).toMatchObject({
      kind: "openai-compatible",
      software: "llama-server",
      version: "b11434",
      parallelism: 3,
      models: [NAME],
      models_loaded: [NAME],
    });
    for (const path of ["/api/tags", "/api/ps", "/v1/models"])
      expect([path, await namesIn(path)]).toEqual([path, [NAME]]);
  });

  test("answers a chat, is called by its own name for the model, and has a lane of its own", async () => {
    const reply = await chat("tiny-chat.q4_1");
    expect([reply.status, reply.headers["x-fleet-node"]]).toEqual([200, "studio"]);
    expect(server.calls.map(({ path, body }) => [path, body["model"]])).toEqual([["/v1/chat/completions", MODEL]]);
    // Only the gateway takes the marks of the link off; nobody else could use them.
    if (way === "gateway") expect(Object.keys(server.calls[0]?.headers ?? {})).not.toContain("x-herd-signature");
    const { queues } = await askJson<{ queues: Record<string, object> }>(router.target, { path: "/fleet/queue" });
    const [key = ""] = Object.keys(queues);
    expect(key).toMatch(/^studio:Tiny-Chat\.Q4_1:latest@openai-/);
    expect(queues[key]).toMatchObject({ concurrency: 3, completed: 1, limit_source: "reported" });
  });

  test("that goes is listed no more, and is used again when it comes back", async () => {
    await server.stop();
    await until({
      what: "the lists are empty",
      look: async () => (await namesIn("/api/tags")).length === 0 && (await namesIn("/v1/models")).length === 0,
      withinMs: 10_000,
    });
    const view = await nodeView(router.target, "studio");
    expect(view?.backends[1]).toMatchObject({ state: "unreachable", error: expect.stringContaining("no connection") });
    expect(view?.findings).toEqual([expect.objectContaining({ text: expect.stringContaining("cannot be used") })]);
    await server.start();
    await until({ what: "it is listed", look: async () => (await namesIn("/api/ps")).length === 1, withinMs: 20_000 });
    expect((await chat(NAME)).status).toBe(200);
    expect((await nodeView(router.target, "studio"))?.findings).toEqual([]);
  });
});

test("a request that meets a server gone a moment ago waits for it", async () => {
  await startLocalAgent(cleanup, {
    ...{ id: "studio", routerUrl: router.url, ollamaUrl: NOWHERE, beatS: 0.2 },
    backends: [`http://127.0.0.1:${server.port}`],
  });
  await until({ what: "it is listed", look: async () => (await namesIn("/api/ps")).length === 1, withinMs: 10_000 });
  await server.stop();
  const reply = chat(NAME);
  await server.start();
  expect((await reply).status).toBe(200);
});
