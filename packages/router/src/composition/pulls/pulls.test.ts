import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { jsonAnswer, type NodeCall } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

let router: TestRouter;

beforeEach(async () => {
  router = await startTestRouter();
});
afterEach(() => router.close());

const PROGRESS =
  '{"status":"pulling manifest"}\n{"status":"pulling abc","digest":"sha256:abc","total":9,"completed":3}\n';

/** A node that pulls as it is told, and lists what it has pulled. */
function puller(pull: (call: NodeCall) => void) {
  const names = ["m:latest"];
  return {
    names,
    answer: (call: NodeCall): void => {
      if (call.path === "/api/tags")
        jsonAnswer(200, { models: names.map((name) => ({ name, size: 5, digest: name })) })(call);
      else if (call.path === "/api/pull") pull(call);
      else jsonAnswer(404, { error: "not scripted" })(call);
    },
  };
}

const succeed = ({ response }: NodeCall, ...records: string[]): void => {
  response.writeHead(200, { "Content-Type": "application/x-ndjson" });
  response.end([...records, '{"status":"success"}\n'].join(""));
};

const pull = (body: object, headers = {}) =>
  fetch(`${router.url}/api/pull`, { method: "POST", body: JSON.stringify(body), headers });

const listed = async () =>
  ((await (await fetch(`${router.url}/api/tags`)).json()) as { models: { name: string }[] }).models.map(
    ({ name }) => name,
  );

describe("a pull", () => {
  test("relays the node's bytes as they come, and the model is listed before the client reads success", async () => {
    const { names, answer } = puller((call) => {
      call.response.writeHead(200, { "Content-Type": "application/x-ndjson" });
      call.response.write(PROGRESS);
    });
    const node = await router.addNode(answer);
    const reply = await pull({ model: "new:1b", insecure: true });
    const reader = reply.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? "").toString()).toBe(PROGRESS);
    expect(await listed()).not.toContain("new:1b");
    names.push("new:1b");
    const call = await node.call("/api/pull");
    call.response.end('{"status":"success"}\n');
    expect(Buffer.from((await reader?.read())?.value ?? "").toString()).toBe('{"status":"success"}\n');
    expect(await listed()).toContain("new:1b");
    // The agent has not looked yet: the model stays.
    await router.join(node, { models: ["m"] });
    expect(await listed()).toContain("new:1b");
    expect(reply.headers.get("x-fleet-node")).toBe("node-1");
    expect(JSON.parse(call.body)).toEqual({ model: "new:1b", insecure: true });
    expect(router.traces()).toEqual([]);
  });

  test("goes to the node that is named, else to the best; one that refuses connections is passed by", async () => {
    await router.addNode(puller(succeed).answer, { freeGb: 4 });
    const large = await router.addNode(puller(succeed).answer, { freeGb: 20 });
    const nodeOf = async (body: object) => (await pull(body)).headers.get("x-fleet-node");
    expect(await nodeOf({ model: "x" })).toBe("node-2");
    expect(await nodeOf({ model: "x", node_id: "node-1" })).toBe("node-1");
    await large.kill();
    expect(await nodeOf({ model: "y" })).toBe("node-1");
  });

  test("in one piece gets the node's own answer, good or bad", async () => {
    await router.addNode(puller((call) => jsonAnswer(200, { status: "success" })(call)).answer, { models: ["a"] });
    expect(await (await pull({ model: "x", stream: false })).json()).toEqual({ status: "success" });
    await router.close();
    router = await startTestRouter();
    await router.addNode(puller(jsonAnswer(500, { error: "pull model manifest: file does not exist" })).answer);
    const bad = await pull({ model: "x", stream: false });
    expect([bad.status, await bad.json()]).toEqual([500, { error: "pull model manifest: file does not exist" }]);
  });

  test("that ends without success is never taken for one", async () => {
    await router.addNode(puller(({ response }) => void response.writeHead(200).end(PROGRESS)).answer);
    const text = await (await pull({ model: "x" })).text();
    expect(text.startsWith(PROGRESS)).toBe(true);
    expect(JSON.parse(text.slice(PROGRESS.length))).toEqual({
      error: expect.stringMatching(/ended before it was done/),
    });
  });

  test("that its client leaves is ended on the node", async () => {
    const node = await router.addNode(puller(({ response }) => void response.writeHead(200).write(PROGRESS)).answer);
    const leave = new AbortController();
    const reply = await fetch(`${router.url}/api/pull`, {
      method: "POST",
      body: '{"model":"x"}',
      signal: leave.signal,
    });
    await reply.body?.getReader().read();
    const { response } = await node.call("/api/pull");
    const closed = new Promise((resolve) => response.once("close", resolve));
    leave.abort();
    await closed;
  });

  test.each([
    [{ model: "x", node_id: "nobody" }, 404, "HERD_UNKNOWN_NODE"],
    [{ model: "flux-dev:fast" }, 400, "HERD_NOT_PULLABLE"],
    [{}, 400, "HERD_BAD_REQUEST"],
  ])("%j is refused with %i %s", async (body, status, code) => {
    await router.addNode(puller(succeed).answer);
    const reply = await pull(body);
    expect([reply.status, reply.headers.get("x-herd-error")]).toEqual([status, code]);
    expect(await reply.json()).toEqual({ error: expect.any(String) });
  });

  test("is refused where no node can take it, and while the same one runs there", async () => {
    expect([(await pull({ model: "x" })).status]).toEqual([503]);
    const node = await router.addNode(puller(({ response }) => void response.writeHead(200).write(PROGRESS)).answer);
    const first = await pull({ model: "x" });
    const second = await pull({ model: "X:latest" });
    expect([second.status, second.headers.get("x-herd-error")]).toEqual([409, "HERD_PULL_RUNNING"]);
    (await node.call("/api/pull")).response.end('{"status":"success"}\n');
    await first.text();
    node.answer = puller(succeed).answer;
    expect((await pull({ model: "x" })).status).toBe(200);
  });

  test("changes the fleet, so callers elsewhere may not ask for it", async () => {
    await router.close();
    router = await startTestRouter({ trustedProxies: ["127.0.0.1"] });
    await router.addNode(puller(succeed).answer);
    const reply = await pull({ model: "x" }, { "x-forwarded-for": "192.168.1.9" });
    expect([reply.status, reply.headers.get("x-herd-error")]).toEqual([403, "HERD_ADMIN_ONLY"]);
  });
});
