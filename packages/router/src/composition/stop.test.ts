import { once } from "node:events";
import { request as openRequest } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { chatAnswer, FIRST_RECORD, jsonAnswer, LAST_RECORD } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

const routers: TestRouter[] = [];

afterEach(() => Promise.all(routers.splice(0).map((router) => router.close())));

async function start(settings: object = {}): Promise<TestRouter> {
  const router = await startTestRouter({ drainTimeoutS: 20, ...settings });
  routers.push(router);
  return router;
}

const chat = ({ url }: TestRouter, model = "m") =>
  fetch(`${url}/api/chat`, {
    method: "POST",
    body: JSON.stringify({ model, messages: [{ role: "user", content: "x" }] }),
  });

/** A router that stops, and one request that keeps it from ending. */
async function stopping() {
  const router = await start();
  const node = await router.addNode(() => undefined, { slots: 1 });
  const running = chat(router);
  const call = await node.call("/api/chat");
  const stopped = router.stop();
  return { router, node, finish: () => chatAnswer(call), running, stopped };
}

describe("a router that stops", () => {
  test("refuses newcomers on new connections in their dialect, says when to come again, and ends the connection", async () => {
    const { router, finish, running, stopped } = await stopping();
    const native = await chat(router);
    expect([native.status, native.headers.get("retry-after"), native.headers.get("connection")]).toEqual([
      503,
      expect.stringMatching(/^\d+$/),
      "close",
    ]);
    expect(await native.json()).toEqual({ error: expect.stringContaining("the router is stopping") });
    const messages = [{ role: "user", content: "x" }];
    const openAi = await fetch(`${router.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ model: "m", messages }),
    });
    expect([openAi.status, openAi.headers.get("x-herd-error")]).toEqual([503, "HERD_SHUTTING_DOWN"]);
    expect(await openAi.json()).toMatchObject({ error: { message: expect.stringContaining("stopping") } });
    finish();
    expect((await running).status).toBe(200);
    await stopped;
    const statuses = router.traces().map(({ status }) => status);
    expect(statuses.sort()).toEqual(["completed", "failed", "failed"]);
  });

  test("is not ready but alive, and still tells what it does", async () => {
    const router = await start();
    const ask = async (path: string) => (await fetch(router.url + path)).status;
    expect([await ask("/healthz"), await ask("/readyz")]).toEqual([200, 200]);
    const node = await router.addNode(() => undefined);
    const running = chat(router);
    const call = await node.call("/api/chat");
    const stopped = router.stop();
    expect([await ask("/healthz"), await ask("/readyz"), await ask("/fleet/status")]).toEqual([200, 503, 200]);
    chatAnswer(call);
    await running;
    await stopped;
    await expect(ask("/healthz")).rejects.toThrow();
  });

  test("serves who waits for a node that comes back meanwhile", async () => {
    const router = await start({ holdingS: 20 });
    const node = await router.addNode(chatAnswer);
    await router.join(node, { isReachable: false });
    const held = chat(router);
    await expect.poll(() => router.assembly.serving.admission.heldCount()).toBe(1);
    const stopped = router.stop();
    await router.join(node, {});
    expect((await held).status).toBe(200);
    await stopped;
  });

  test("gives a client that reads slowly its whole answer", async () => {
    const router = await start();
    const size = 24 * 2 ** 20;
    const node = await router.addNode(({ response }) => {
      response.writeHead(200, { "Content-Type": "application/x-ndjson" });
      const long = { ...FIRST_RECORD, message: { role: "assistant", content: "x".repeat(size) } };
      response.end(`${JSON.stringify(long)}\n${JSON.stringify(LAST_RECORD)}\n`);
    });
    const slow = openRequest(`${router.url}/api/chat`, { method: "POST", agent: false });
    slow.end('{"model":"m","messages":[{"role":"user","content":"x"}]}');
    const [answer] = (await once(slow, "response")) as [import("node:http").IncomingMessage];
    await node.call("/api/chat");
    const stopped = router.stop();
    await new Promise((resolve) => setTimeout(resolve, 600));
    let received = 0;
    answer.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    await once(answer, "end");
    expect([answer.complete, received > size]).toEqual([true, true]);
    await stopped;
  });

  test("lets an answer that takes no slot finish", async () => {
    const router = await start();
    const node = await router.addNode(() => undefined);
    const shown = fetch(`${router.url}/api/show`, { method: "POST", body: '{"model":"m"}' });
    const call = await node.call("/api/show");
    const stopped = router.stop();
    jsonAnswer(200, { details: {} })(call);
    expect((await shown).status).toBe(200);
    await stopped;
  });

  test("does not wait for who is silent, has sent half a request, or keeps a connection for later", async () => {
    const router = await start();
    const silent = connect(router.port, "127.0.0.1").on("error", () => undefined);
    const half = connect(router.port, "127.0.0.1").on("error", () => undefined);
    half.write("POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{");
    const idle = connect(router.port, "127.0.0.1");
    idle.write("GET /api/version HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await once(idle, "data");
    const gone = [silent, half, idle].map((socket) => once(socket, "close"));
    const since = performance.now();
    await router.stop();
    expect(performance.now() - since).toBeLessThan(5_000);
    await Promise.all(gone);
  });
});
