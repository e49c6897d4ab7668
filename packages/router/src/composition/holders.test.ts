import { afterEach, describe, expect, test } from "vitest";
import type { RouterSettings } from "../settings/settings.ts";
import { chatAnswer, jsonAnswer } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

const routers: TestRouter[] = [];

afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()));
});

async function start(settings: Partial<RouterSettings> = {}): Promise<TestRouter> {
  const router = await startTestRouter(settings);
  routers.push(router);
  return router;
}

const show = ({ url }: TestRouter, model = "m", signal?: AbortSignal) =>
  fetch(`${url}/api/show`, {
    method: "POST",
    body: JSON.stringify({ model }),
    headers: { "User-Agent": "ollama/0.24.0" },
    ...(signal === undefined ? {} : { signal }),
  });

const shown = (template: string) => jsonAnswer(200, { template, details: { family: "llama" } });

describe("a request that any node with the model can answer", () => {
  test("goes to one that has it in memory, with the client's own words", async () => {
    const router = await start();
    const cold = await router.addNode(shown("cold"), { loaded: [] });
    const hot = await router.addNode(shown("hot"));
    const response = await show(router);
    expect([response.status, ((await response.json()) as { template: string }).template]).toEqual([200, "hot"]);
    expect(response.headers.get("x-fleet-node")).toBe("node-2");
    expect([cold.calls.length, hot.calls[0]?.headers["user-agent"]]).toEqual([0, "ollama/0.24.0"]);
  });

  test("needs no slot: it is answered while the only one is taken", async () => {
    const router = await start();
    const node = await router.addNode(() => undefined, { slots: 1 });
    const chat = fetch(`${router.url}/api/chat`, {
      method: "POST",
      body: '{"model":"m","messages":[{"role":"user","content":"x"}]}',
    });
    const open = await node.call("/api/chat");
    node.answer = shown("now");
    expect((await show(router)).status).toBe(200);
    chatAnswer(open);
    await (await chat).text();
  });

  test("goes to the next when a node fails, and tells the last failure when all do", async () => {
    const router = await start();
    await router.addNode(jsonAnswer(500, { error: "it is broken" }));
    const second = await router.addNode(shown("second"), { loaded: [] });
    expect((await show(router)).status).toBe(200);
    second.answer = jsonAnswer(500, { error: "it is broken, too" });
    const failed = await show(router);
    expect([failed.status, await failed.json()]).toEqual([500, { error: "it is broken, too" }]);
  });

  test("gets the node's own refusal, and Ollama's 404 for a model nobody has", async () => {
    const router = await start();
    await router.addNode((call) =>
      call.path === "/api/tags" ? jsonAnswer(200, { models: [] })(call) : jsonAnswer(400, { error: "no" })(call),
    );
    expect(await (await show(router)).json()).toEqual({ error: "no" });
    const unknown = await show(router, "nobody");
    expect([unknown.status, await unknown.json()]).toEqual([404, { error: "model 'nobody' not found" }]);
  });

  test("waits for a sleeping node, and is answered when that reports", async () => {
    const router = await start({ holdingS: 20 });
    const node = await router.addNode(shown("awake"), { isReachable: false });
    const response = show(router);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await router.join(node);
    expect((await response).status).toBe(200);
  });

  test("is told after the holding time that nobody can answer", async () => {
    const router = await start({ holdingS: 0.2 });
    await router.addNode(shown("asleep"), { isReachable: false });
    const response = await show(router);
    expect([response.status, response.headers.get("x-herd-error")]).toEqual([503, "HERD_NO_CANDIDATE"]);
  });

  test("leaves no row among the traces", async () => {
    const router = await start();
    await router.addNode((call) => (call.path === "/api/show" ? shown("x")(call) : chatAnswer(call)));
    await (await show(router)).text();
    const chat = await fetch(`${router.url}/api/chat`, {
      method: "POST",
      body: '{"model":"m","messages":[{"role":"user","content":"x"}]}',
    });
    await chat.text();
    await expect.poll(() => router.traces().map(({ endpoint }) => endpoint)).toEqual(["/api/chat"]);
  });
});
