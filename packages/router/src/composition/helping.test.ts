import { afterEach, describe, expect, test } from "vitest";
import type { RouterSettings } from "../settings/settings.ts";
import { chatAnswer, jsonAnswer, type ScriptedNode } from "./testing/scripted-node.ts";
import { type NodeReport, startTestRouter, type TestRouter } from "./testing/test-router.ts";

const routers: TestRouter[] = [];

afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()));
});

async function start(settings: Partial<RouterSettings> = {}): Promise<TestRouter> {
  const router = await startTestRouter(settings);
  routers.push(router);
  return router;
}

interface Asked {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask({ url }: TestRouter, body: object, { path = "/api/chat", headers = {} }: Asked = {}) {
  const messages = [{ role: "user", content: "Hello" }];
  const text = JSON.stringify({ model: "m", messages, ...body });
  const response = await fetch(url + path, { method: "POST", headers, body: text });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const lastBody = (node: ScriptedNode, path = "/api/chat"): Record<string, unknown> =>
  JSON.parse(node.calls.findLast((call) => call.path === path)?.body ?? "{}") as Record<string, unknown>;

const contextHeaders = (headers: Headers): (string | null)[] =>
  ["asked", "sent", "loaded"].map((word) => headers.get(`x-fleet-context-${word}`));

describe("a request never changes the context of a loaded model that is large enough for it", () => {
  const report: NodeReport = { context: 6000 };

  test("a smaller num_ctx is replaced, and that is told", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, report);
    const { headers } = await ask(router, { options: { num_ctx: 2048, seed: 1 } });
    expect(lastBody(node)["options"]).toEqual({ num_ctx: 6000, seed: 1 });
    expect(contextHeaders(headers)).toEqual(["2048", "6000", "6000"]);
    expect(headers.get("x-fleet-edits")).toBe("num_ctx=6000");
    await expect.poll(() => router.traces()[0]?.edits).toEqual(["num_ctx=6000"]);
  });

  test("a missing one is added where the runner was loaded with a named one", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, report);
    await ask(router, {});
    expect(lastBody(node)["options"]).toEqual({ num_ctx: 6000 });
  });

  test("a load of the router's own is remembered: what it was loaded with is what later requests send", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, { loaded: [] });
    await ask(router, { options: { num_ctx: 8192 } });
    expect(lastBody(node, "/api/generate")).toMatchObject({ options: { num_ctx: 8192 } });
    await router.join(node, { context: 8192 });
    await ask(router, {});
    expect(lastBody(node)["options"]).toEqual({ num_ctx: 8192 });
    await ask(router, { options: { num_ctx: 100 } });
    expect(lastBody(node)["options"]).toEqual({ num_ctx: 8192 });
  });

  test("a runner loaded without a name gets requests without one", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, { loaded: [] });
    await ask(router, {});
    await router.join(node, { context: 4096 });
    const { headers } = await ask(router, { options: { num_ctx: 2048 } });
    expect(lastBody(node)["options"]).toEqual({});
    expect(contextHeaders(headers)).toEqual(["2048", "default", "4096"]);
  });

  test("a larger one goes on as it is, and the reload is told", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, report);
    const { headers } = await ask(router, { options: { num_ctx: 32_000 } });
    expect(lastBody(node)["options"]).toEqual({ num_ctx: 32_000 });
    expect(contextHeaders(headers)).toEqual(["32000", "32000", "6000"]);
  });

  test("warn only tells, passthrough does nothing", async () => {
    const warning = await start({ contextProtection: "warn" });
    const node = await warning.addNode(chatAnswer, report);
    const { headers } = await ask(warning, { options: { num_ctx: 2048 } });
    expect(lastBody(node)["options"]).toEqual({ num_ctx: 2048 });
    expect(contextHeaders(headers)).toEqual(["2048", "2048", "6000"]);
    const passing = await start({ contextProtection: "passthrough" });
    const other = await passing.addNode(chatAnswer, report);
    const silent = await ask(passing, { options: { num_ctx: 2048 } });
    expect(lastBody(other)["options"]).toEqual({ num_ctx: 2048 });
    expect(contextHeaders(silent.headers)).toEqual([null, null, null]);
  });

  test("the operator's own context is added for requests that name none", async () => {
    const router = await start({ dynamicNumCtx: true, numCtxOverrides: { m: 16_384 } });
    const node = await router.addNode(chatAnswer, { loaded: [] });
    await ask(router, {});
    expect(lastBody(node)["options"]).toEqual({ num_ctx: 16_384 });
    await ask(router, { options: { num_ctx: 512 } });
    expect(lastBody(node)["options"]).toEqual({ num_ctx: 16_384 });
  });
});

describe("a model that thinks", () => {
  test("gets a larger output limit where the operator wants that, once, whatever is tried again", async () => {
    const router = await start({ thinkingOverhead: 4, thinkingMinPredict: 1024 });
    const failing = await router.addNode(jsonAnswer(500, { error: "model runner has unexpectedly stopped" }), {
      capabilities: ["completion", "thinking"],
      freeGb: 30,
    });
    const node = await router.addNode(chatAnswer, { capabilities: ["completion", "thinking"], freeGb: 8 });
    await ask(router, { options: { num_predict: 500 } });
    const body = [failing, node].flatMap(({ calls }) => calls).at(-1)?.body ?? "";
    expect(JSON.parse(body).options.num_predict).toBe(2000);
    await ask(router, { max_tokens: 10 }, { path: "/v1/chat/completions" });
    expect(lastBody(node, "/v1/chat/completions")["max_tokens"]).toBe(1024);
  });

  test("is left alone by default, and so is one that does not think", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, { capabilities: ["completion", "thinking"], context: 0 });
    await ask(router, { options: { num_predict: 5 } });
    expect(lastBody(node)["options"]).toEqual({ num_predict: 5 });
    const other = await start({ thinkingOverhead: 4 });
    const plain = await other.addNode(chatAnswer, { capabilities: ["completion"], context: 0 });
    await ask(other, { options: { num_predict: 5 } });
    expect(lastBody(plain)["options"]).toEqual({ num_predict: 5 });
  });
});

describe("named fallbacks", () => {
  const served = ({ headers }: { headers: Headers }): (string | null)[] => [
    headers.get("x-fleet-served-model"),
    headers.get("x-fleet-fallback"),
  ];

  test("serve what nobody has, in their order, and say so", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, { models: ["small", "other"] });
    const answer = await ask(router, { model: "huge", fallback_models: ["missing", "small", "other"] });
    expect(answer.status).toBe(200);
    expect(served(answer)).toEqual(["small", "small"]);
    expect(answer.headers.get("x-fleet-requested-model")).toBe("huge");
    expect(lastBody(node)["model"]).toBe("small");
    await expect.poll(() => router.traces()[0]).toMatchObject({ original_model: "huge", fallback_used: true });
  });

  test("serve when every machine that has the model has failed, and when none can take it now", async () => {
    const router = await start();
    const died = jsonAnswer(500, { error: "model runner has unexpectedly stopped" });
    await router.addNode(died, { models: ["m"] });
    await router.addNode(chatAnswer, { models: ["small"] });
    expect(served(await ask(router, { fallback_models: ["small"] }))).toEqual(["small", "small"]);
    const resting = await start();
    await resting.addNode(chatAnswer, { id: "a", models: ["m"], isReachable: false });
    await resting.addNode(chatAnswer, { id: "b", models: ["small"] });
    expect(served(await ask(resting, {}, { headers: { "X-Herd-Fallback-Models": "small" } }))).toEqual([
      "small",
      "small",
    ]);
  });

  test("are not needed where the model itself can serve, unless a warm one is wanted", async () => {
    const router = await start();
    await router.addNode(chatAnswer, { models: ["m", "small"], loaded: ["small"] });
    const body = { fallback_models: ["small"] };
    expect(served(await ask(router, body))).toEqual(["m", null]);
    const cold = await start();
    await cold.addNode(chatAnswer, { models: ["m", "small"], loaded: ["small"] });
    expect(served(await ask(cold, body, { headers: { "X-Herd-Fallback": "cold" } }))).toEqual(["small", "small"]);
  });

  test.each([{ "X-Herd-Fallback": "never" }, { "X-Fleet-No-Fallback": "true" }])(
    "are refused by %j",
    async (headers) => {
      const router = await start();
      await router.addNode(chatAnswer, { models: ["small"] });
      const answer = await ask(router, { model: "huge", fallback_models: ["small"] }, { headers });
      expect(answer.status).toBe(404);
      expect(answer.text).toContain("model 'huge' not found");
    },
  );

  test("that fail, too, are told truly", async () => {
    const router = await start();
    const died = jsonAnswer(500, { error: "model runner has unexpectedly stopped" });
    await router.addNode(died, { models: ["m"] });
    await router.addNode(died, { models: ["small"] });
    const answer = await ask(router, { fallback_models: ["small"] });
    expect(answer.status).toBe(500);
    expect([answer.headers.get("x-fleet-node"), ...served(answer)]).toEqual(["node-2", "small", "small"]);
    await expect.poll(() => router.traces()[0]).toMatchObject({ model: "small:latest", fallback_used: true });
  });

  test("have a context of their own where the operator gives one", async () => {
    const router = await start({ dynamicNumCtx: true, numCtxOverrides: { m: 65_536, small: 2048 } });
    const node = await router.addNode(chatAnswer, { models: ["small"], loaded: [] });
    await ask(router, { fallback_models: ["small"] });
    expect(lastBody(node)["options"]).toEqual({ num_ctx: 2048 });
  });

  test("are not meant by who unloads a model", async () => {
    const router = await start();
    await router.addNode(chatAnswer, { models: ["small"] });
    const body = { model: "gone", messages: [], keep_alive: 0, fallback_models: ["small"] };
    expect((await ask(router, body)).status).toBe(404);
  });

  test("do not excuse what the caller did wrong", async () => {
    const router = await start();
    await router.addNode(jsonAnswer(400, { error: "no" }), { models: ["m", "small"] });
    expect((await ask(router, { fallback_models: ["small"] })).status).toBe(400);
  });

  test("unknown ones leave the usual answer", async () => {
    const router = await start();
    await router.addNode(chatAnswer);
    expect((await ask(router, { model: "huge", fallback_models: ["nobody", "bad name:"] })).status).toBe(404);
  });
});

test("tags of header and body are both kept", async () => {
  const router = await start();
  await router.addNode(chatAnswer);
  await ask(router, { metadata: { tags: ["a"] }, user: "u" }, { headers: { "X-Herd-Tags": "b, a" } });
  await expect.poll(() => router.traces()[0]?.tags).toEqual(["a", "b", "user:u"]);
});

describe("an embedding model that is not in memory", () => {
  const EMBEDDING = { path: "/api/embed" };

  test("is loaded by the router itself, by the route that it has", async () => {
    const router = await start();
    const node = await router.addNode(jsonAnswer(200, { model: "m", embeddings: [[1]] }), { loaded: [] });
    const { status } = await ask(router, { input: "Hello" }, EMBEDDING);
    expect(status).toBe(200);
    const bodies = node.calls.filter(({ path }) => path === "/api/embed").map(({ body }) => JSON.parse(body) as object);
    expect(bodies).toEqual([{ model: "m:latest" }, expect.objectContaining({ input: "Hello" })]);
  });

  test("by the older route where Ollama has no other", async () => {
    const router = await start();
    const node = await router.addNode(jsonAnswer(200, { embedding: [1] }), { loaded: [], version: "0.2.0" });
    await ask(router, { prompt: "Hello" }, { path: "/api/embeddings" });
    expect(node.calls.filter(({ path }) => path === "/api/embeddings")).toHaveLength(2);
  });
});

describe("a model of Ollama's cloud that no node lists", () => {
  const disabled = jsonAnswer(403, { error: "ollama cloud is disabled: remote model is unavailable" });

  test("is asked of a node under its own name, and the node's word is passed on", async () => {
    const router = await start();
    const node = await router.addNode(disabled);
    const answer = await ask(router, { model: "gpt-oss:120b-cloud" });
    expect([answer.status, answer.text]).toEqual([
      403,
      '{"error":"ollama cloud is disabled: remote model is unavailable"}',
    ]);
    expect(node.calls.map(({ path }) => path)).toContain("/api/chat");
    expect(node.calls.map(({ path }) => path)).not.toContain("/api/generate");
    expect(lastBody(node)["model"]).toBe("gpt-oss:120b-cloud");
  });

  test("is asked of another one where the first is not signed in", async () => {
    const router = await start();
    await router.addNode(disabled, { freeGb: 30 });
    await router.addNode(jsonAnswer(401, { error: "unauthorized", signin_url: "https://ollama.com/connect" }));
    await router.addNode(chatAnswer, { freeGb: 2 });
    expect((await ask(router, { model: "gpt-oss:cloud" })).status).toBe(200);
  });

  test("is unknown where no node has an Ollama", async () => {
    const router = await start();
    expect((await ask(router, { model: "gpt-oss:cloud" })).status).toBe(404);
  });
});

test("a reload that no heartbeat has shown yet counts already", async () => {
  const router = await start();
  const node = await router.addNode(chatAnswer, { context: 6000 });
  await ask(router, { options: { num_ctx: 32_000 } });
  await ask(router, { options: { num_ctx: 8000 } });
  expect(lastBody(node)["options"]).toEqual({ num_ctx: 32_000 });
});

describe("a load that is not the router's own", () => {
  const asked = async (router: TestRouter, node: ScriptedNode, options: object = {}) => {
    await ask(router, { options });
    return lastBody(node)["options"];
  };

  test("in place of one that it saw is left alone, and so is what another router loaded", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, { loaded: [] });
    await asked(router, node, { num_ctx: 8192 });
    await router.join(node, { context: 8192 });
    for (const context of [4096, 16_000]) {
      await router.join(node, { context });
      expect(await asked(router, node)).toEqual({ num_ctx: context });
    }
  });

  test("with a name in place of a silent one gets its number, and a silent one that no report has shown gets nothing", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, { loaded: [] });
    await ask(router, {}, { path: "/v1/chat/completions" });
    await router.join(node, { context: 4096 });
    await router.join(node, { context: 8192 });
    expect(await asked(router, node, { num_ctx: 6000 })).toEqual({ num_ctx: 8192 });
    await ask(router, {}, { path: "/v1/chat/completions" });
    expect(await asked(router, node, { num_ctx: 6000 })).toEqual({ num_ctx: 6000 });
  });

  test.each(["2048", true, [1]])(
    "num_ctx %j is for Ollama to refuse, and no header says that it was changed",
    async (wrong) => {
      const router = await start();
      const node = await router.addNode(chatAnswer, { context: 6000 });
      const { headers } = await ask(router, { options: { num_ctx: wrong } });
      expect(lastBody(node)["options"]).toEqual({ num_ctx: wrong });
      expect(contextHeaders(headers)).toEqual([null, null, null]);
    },
  );
});
