import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callRaw, headerIn } from "../http/testing/raw-call.ts";
import { chatAnswer } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

const folder = new URL("../../../simulated-ollama/fixtures/ollama-0.24.0/", import.meta.url);

interface Recording {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly [string, string][];
    readonly body?: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: readonly [string, string][];
    readonly chunks: readonly { readonly text?: string }[];
  };
}

const recording = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Recording;

let router: TestRouter;

beforeAll(async () => {
  router = await startTestRouter({ modelAliases: { "gpt-4o": "m" } });
  await router.addNode(chatAnswer, { models: ["m", "ns/other:1b"] });
});

afterAll(() => router.close());

/** Sends what was recorded, without the headers of the connection. */
async function replay(name: string) {
  const { request, response } = recording(name);
  const { method, path, body } = request;
  const kept = request.headers.filter(([header]) => !["host", "content-length"].includes(header.toLowerCase()));
  const answer = await callRaw(router.port, {
    method,
    path,
    headers: Object.fromEntries(kept),
    ...(body === undefined ? {} : { body }),
  });
  return { answer, response };
}

describe("what Ollama refuses of paths and methods", () => {
  test.each([
    "unknown-path-404-get",
    "unknown-path-404-post",
    "unknown-path-404-v1",
    "path-case-404",
    "wrong-method-405-get-chat",
    "wrong-method-405-post-tags",
    "wrong-method-405-put-chat",
    "ps-head-405",
    "v1-models-head-405",
    "show-get-405",
    "options-no-origin",
  ])("is refused in the same words: %s", async (name) => {
    const { answer, response } = await replay(name);
    const expected = new Map(response.headers.map(([header, value]) => [header.toLowerCase(), value]));
    expect([answer.status, answer.body]).toEqual([response.status, response.chunks.map(({ text }) => text).join("")]);
    for (const header of ["content-type", "allow", "content-length"]) {
      expect([header, headerIn(answer, header)]).toEqual([header, expected.get(header)]);
    }
  });

  test.each([
    ["POST", "/v1/models/m:latest", "GET"],
    ["POST", "/fleet/decisions/r-1", "GET"],
    ["GET", "/fleet/nodes/a", "DELETE"],
    ["GET", "/heartbeat", "POST"],
    ["DELETE", "/fleet/status", "GET"],
  ])("%s %s is told that only %s is there", async (method, path, allow) => {
    const answer = await callRaw(router.port, { method, path });
    expect([answer.status, headerIn(answer, "allow")]).toEqual([405, allow]);
  });

  test.each(["dot-segment-get", "double-slash-get", "double-slash-query-get", "trailing-slash-get"])(
    "what Ollama redirects is served at once: %s",
    async (name) => {
      const { answer } = await replay(name);
      expect(answer.status).toBe(200);
      expect(JSON.parse(answer.body)).toHaveProperty("models");
    },
  );

  test.each(["double-slash-inner-post", "double-slash-post", "trailing-slash-v1-post", "trailing-slash-post"])(
    "what Ollama redirects reaches its route with its body: %s",
    async (name) => {
      const { answer } = await replay(name);
      expect(answer.status).not.toBe(405);
      expect(answer.body).not.toBe("404 page not found");
    },
  );
});

describe("the fleet's own routes", () => {
  test("refuse what is there for nobody", async () => {
    const unknown = await callRaw(router.port, { path: "/fleet/decisions/nobody" });
    expect([unknown.status, JSON.parse(unknown.body)]).toMatchObject([
      404,
      { code: "HERD_UNKNOWN_REQUEST", hint: expect.any(String) },
    ]);
    const node = await callRaw(router.port, { method: "DELETE", path: "/fleet/nodes/nobody" });
    expect([node.status, JSON.parse(node.body)]).toMatchObject([404, { code: "HERD_UNKNOWN_NODE" }]);
  });

  test.each([
    ["no JSON", "{", "(body)"],
    ["a list", "[]", "(body)"],
    ["no node", '{"cpu":{},"memory":{},"ollama":{}}', "node_id"],
    ["no memory", '{"node_id":"x","cpu":{"cores_physical":1,"utilization_pct":1},"ollama":{}}', "memory"],
  ])("refuse a heartbeat that is %s and name the field", async (_what, body, field) => {
    const answer = await callRaw(router.port, { method: "POST", path: "/heartbeat", body });
    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([
      400,
      { code: "HERD_BAD_HEARTBEAT", field, router_time_ms: expect.any(Number) },
    ]);
  });

  test("tell agents who the router is", async () => {
    const answer = await callRaw(router.port, { path: "/fleet/identity" });
    expect(JSON.parse(answer.body)).toMatchObject({
      product: "herd",
      public_key: expect.stringMatching(/^[\w-]{43}$/),
    });
  });

  test("forget a node, so that its models are gone", async () => {
    const node = await router.addNode(chatAnswer, { id: "leaving", models: ["only-here"] });
    expect(node.port).toBeGreaterThan(0);
    const removed = await callRaw(router.port, { method: "DELETE", path: "/fleet/nodes/leaving" });
    expect(JSON.parse(removed.body)).toEqual({ status: "removed", node_id: "leaving" });
    const tags = await callRaw(router.port, { path: "/api/tags" });
    expect(tags.body).not.toContain("only-here");
  });
});

describe("lists", () => {
  test("name every model once, with who has it", async () => {
    const { body } = await callRaw(router.port, { path: "/api/tags" });
    const { models } = JSON.parse(body) as { models: { name: string }[] };
    expect(models.map(({ name }) => name).toSorted()).toEqual(["m:latest", "ns/other:1b"]);
  });

  test("of OpenAI's API hold the aliases, too, and find a model by any spelling", async () => {
    const { body } = await callRaw(router.port, { path: "/v1/models" });
    const { data } = JSON.parse(body) as { data: { id: string }[] };
    expect(data.map(({ id }) => id).toSorted()).toEqual(["gpt-4o", "m:latest", "ns/other:1b"]);
    for (const name of ["m", "M:Latest", "ns/other:1b", "gpt-4o"]) {
      expect([name, (await callRaw(router.port, { path: `/v1/models/${name}` })).status]).toEqual([name, 200]);
    }
    expect((await callRaw(router.port, { path: "/v1/models/nobody" })).status).toBe(404);
  });

  test("are there for HEAD where Ollama has it", async () => {
    for (const path of ["/", "/api/tags", "/api/version"]) {
      const answer = await callRaw(router.port, { method: "HEAD", path });
      expect([path, answer.status, answer.body]).toEqual([path, 200, ""]);
    }
  });

  test("tell a liveness check that a server runs, and send a browser to the dashboard", async () => {
    expect((await callRaw(router.port, { path: "/" })).body).toBe("Ollama is running");
    const browser = await callRaw(router.port, { path: "/", headers: { Accept: "text/html,application/xhtml+xml" } });
    expect([browser.status, headerIn(browser, "location")]).toEqual([302, "/dashboard/"]);
  });
});
