import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { jsonAnswer, type NodeCall, type ScriptedNode } from "../testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "../testing/test-router.ts";

let router: TestRouter;

beforeEach(async () => {
  router = await startTestRouter();
});
afterEach(() => router.close());

/** A node with these models, which answers other calls as it is told. */
const disk =
  (names: readonly string[], answer: (call: NodeCall) => void = ({ response }) => void response.end()) =>
  (call: NodeCall): void => {
    if (call.path !== "/api/tags") answer(call);
    else jsonAnswer(200, { models: names.map((name) => ({ name, size: 5, digest: name })) })(call);
  };

const send = (method: string, path: string, ...[body = "", headers = {}]: [(object | string)?, object?]) =>
  fetch(`${router.url}${path}`, {
    method,
    headers: { ...headers },
    ...(body === "" ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });

const listed = async () =>
  ((await (await fetch(`${router.url}/api/tags`)).json()) as { models: { name: string }[] }).models.map(
    ({ name }) => name,
  );

const success: (call: NodeCall) => void = ({ response }) => {
  response.writeHead(200, { "Content-Type": "application/x-ndjson" });
  response.end('{"status":"working"}\n{"status":"success"}\n');
};

const callsFor = (node: ScriptedNode, path: string) => node.calls.filter((call) => call.path === path);

describe("a deletion", () => {
  const remove = (body: object) => send("DELETE", "/api/delete", body);

  test("that some nodes do and some do not is an error that says which, and leaves it in the list", async () => {
    await router.addNode(disk([]));
    await router.addNode(disk(["m:latest"], jsonAnswer(500, { error: "permission denied" })));
    const reply = await remove({ model: "m" });
    expect([reply.status, reply.headers.get("x-herd-error"), reply.headers.get("x-fleet-nodes")]).toEqual([
      500,
      "HERD_PARTLY_DONE",
      "node-1",
    ]);
    expect(await reply.json()).toEqual({
      error: "delete of 'm': done on node-1; failed on node-2 (permission denied)",
    });
    expect(await listed()).toEqual(["m:latest"]);
    expect(router.logLines.join()).toContain("permission denied");
    expect(router.traces()).toEqual([]);
  });

  test("leaves out a node that is away and names it in a hint; nobody reachable is an error", async () => {
    await router.addNode(disk([]));
    await router.addNode(disk(["m:latest"]), { isReachable: false });
    const reply = await remove({ model: "m" });
    expect([reply.status, await reply.text(), reply.headers.get("x-fleet-nodes")]).toEqual([200, "", "node-1"]);
    expect(reply.headers.get("x-herd-hint")).toMatch(/not reached, so the model is still there: node-2/);
    expect(router.logLines.join()).toContain("node-2");
    const again = await remove({ model: "m" });
    expect([again.status, again.headers.get("x-herd-error")]).toEqual([503, "HERD_NODE_UNREACHABLE"]);
  });

  test("goes to the one node that is named, without that member; others keep the model", async () => {
    const [first, second] = [await router.addNode(disk(["m:latest"])), await router.addNode(disk([]))];
    const reply = await remove({ model: "M:latest", node_id: "node-2" });
    expect([reply.status, callsFor(first, "/api/delete").length]).toEqual([200, 0]);
    const call = await second.call("/api/delete");
    expect([call.method, JSON.parse(call.body)]).toEqual(["DELETE", { model: "M:latest" }]);
    expect(await listed()).toEqual(["m:latest"]);
    const nobody = await remove({ model: "m", node_id: "x" });
    expect([nobody.status, nobody.headers.get("x-herd-error")]).toEqual([404, "HERD_UNKNOWN_NODE"]);
    const gone = await remove({ model: "m", node_id: "node-2" });
    expect([gone.status, await gone.text()]).toEqual([404, `{"error":"model 'm' not found"}`]);
  });

  test("that every node calls unknown gets one Ollama's answer, and the list forgets the model", async () => {
    const no = jsonAnswer(404, { error: "model 'm' not found" });
    await router.addNode(disk([], no));
    await router.addNode(disk([], no));
    const reply = await remove({ model: "m" });
    expect([reply.status, await reply.text()]).toEqual([404, `{"error":"model 'm' not found"}`]);
    expect(await listed()).toEqual([]);
  });

  test("finds a model that came to a node a moment ago", async () => {
    const node = await router.addNode(disk(["m:latest", "new:1b"]));
    expect((await remove({ model: "new:1b" })).status).toBe(200);
    expect(callsFor(node, "/api/delete")).toHaveLength(1);
  });

  test("goes on where its client leaves in the middle of it", async () => {
    const node = await router.addNode(disk([], () => undefined));
    const leave = new AbortController();
    const gone = fetch(`${router.url}/api/delete`, {
      method: "DELETE",
      body: '{"model":"m"}',
      signal: leave.signal,
    }).catch(() => "left");
    const { response } = await node.call("/api/delete");
    leave.abort();
    expect(await gone).toBe("left");
    response.end();
    await node.call("/api/tags", 1);
    expect(response.destroyed || response.writableFinished).toBe(true);
  });
});

describe("a copy", () => {
  test("is listed on every node before the answer", async () => {
    const names = ["m:latest"];
    const answer = disk(names, ({ response }) => {
      names.push("n:latest");
      response.end();
    });
    await router.addNode(answer);
    const reply = await send("POST", "/api/copy", { source: "m", destination: "n" });
    expect([reply.status, await reply.text()]).toEqual([200, ""]);
    expect(await listed()).toContain("n:latest");
    const unknown = await send("POST", "/api/copy", { source: "x", destination: "n" });
    expect([unknown.status, await unknown.text()]).toEqual([404, '{"error":"model \\"x\\" not found"}']);
  });
});

describe("a push", () => {
  test("goes to a holder, the next one where that cannot be reached, and its records pass", async () => {
    const [first, second] = [await router.addNode(disk(["m"], success)), await router.addNode(disk(["m"], success))];
    await router.addNode(disk([], success), { models: ["other"] });
    await first.kill();
    const reply = await send("POST", "/api/push", { model: "m", insecure: true });
    expect([reply.status, reply.headers.get("x-fleet-node")]).toEqual([200, "node-2"]);
    expect(await reply.text()).toBe('{"status":"working"}\n{"status":"success"}\n');
    expect(JSON.parse(callsFor(second, "/api/push")[0]?.body ?? "")).toEqual({ model: "m", insecure: true });
  });

  test("that ends without success is never taken for one", async () => {
    await router.addNode(
      disk(["m"], ({ response }) => {
        response.write('{"status":"pushing"}\n');
        response.end();
      }),
    );
    const text = await (await send("POST", "/api/push", { model: "m" })).text();
    expect(JSON.parse(text.split("\n")[1] ?? "")).toEqual({
      error: expect.stringMatching(/the push on node 'node-1'/),
    });
  });
});

describe("a creation", () => {
  test("from a model goes to a node that has it, and is listed before its success is read", async () => {
    const names = ["base:latest"];
    await router.addNode(disk(["m"], success), { freeGb: 30 });
    await router.addNode(
      disk(names, (call) => {
        names.push("mine:latest");
        success(call);
      }),
      { models: ["base"], freeGb: 4 },
    );
    const reply = await send("POST", "/api/create", { model: "mine", from: "Base:latest" });
    expect([reply.status, reply.headers.get("x-fleet-node")]).toEqual([200, "node-2"]);
    expect(await reply.text()).toMatch(/"success"\}\n$/);
    expect(await listed()).toContain("mine:latest");
  });

  test("goes on with the next node where one refuses connections; where none answers, that is told", async () => {
    const large = await router.addNode(disk(["m"], success), { freeGb: 30 });
    const small = await router.addNode(disk(["m"], success), { freeGb: 4 });
    await large.kill();
    const reply = await send("POST", "/api/create", { model: "mine", from: "m" });
    expect([reply.status, reply.headers.get("x-fleet-node")]).toEqual([200, "node-2"]);
    await reply.text();
    await small.kill();
    const failed = await send("POST", "/api/create", { model: "mine", from: "m" });
    expect([failed.status, failed.headers.get("x-herd-error")]).toEqual([503, "HERD_NODE_UNREACHABLE"]);
  });
});

describe("an upload", () => {
  const PATH = `/api/blobs/sha256:${"5".repeat(64)}`;
  const created = ({ response }: NodeCall): void => void response.writeHead(201, { "Content-Length": 0 }).end();
  const upload = (agent: string, path = PATH) => send("POST", path, "bytes", { "user-agent": agent });

  test("stays on the node that the client's first call chose, until that is gone", async () => {
    const large = await router.addNode(disk(["m"], created), { freeGb: 30 });
    const small = await router.addNode(disk(["m"], created), { freeGb: 4 });
    const nodeOf = async (agent: string) => (await upload(agent)).headers.get("x-fleet-node");
    expect(await nodeOf("one")).toBe("node-1");
    await router.join(large, { id: "node-1", freeGb: 2 });
    expect([await nodeOf("one"), await nodeOf("two")]).toEqual(["node-1", "node-2"]);
    await large.kill();
    const lost = await upload("one");
    expect([lost.status, lost.headers.get("x-herd-error"), lost.headers.get("x-fleet-node")]).toEqual([
      502,
      "HERD_NODE_FAILED",
      "node-1",
    ]);
    expect(await nodeOf("one")).toBe("node-2");
    expect(callsFor(small, PATH)).toHaveLength(2);
  });

  test("that several files begin at once goes to one node", async () => {
    await router.addNode(disk(["m"], created));
    await router.addNode(disk(["m"], created));
    const paths = ["1", "2", "3", "4"].map((digit) => `/api/blobs/sha256:${digit.repeat(64)}`);
    const replies = await Promise.all(paths.map((path) => upload("parallel", path)));
    expect(new Set(replies.map(({ headers }) => headers.get("x-fleet-node"))).size).toBe(1);
  });

  test("to a node that cannot take it at all is begun elsewhere, with all its bytes", async () => {
    const large = await router.addNode(disk(["m"], created), { freeGb: 30 });
    const small = await router.addNode(disk(["m"], created), { freeGb: 4 });
    await large.kill();
    const reply = await upload("fresh");
    expect([reply.status, reply.headers.get("x-fleet-node")]).toEqual([201, "node-2"]);
    expect(callsFor(small, PATH)[0]?.body).toBe("bytes");
  });

  test("needs no room in memory, and a node that has the file ends it early", async () => {
    await router.close();
    router = await startTestRouter({ maxBodyMb: 1, maxHeldMb: 1 });
    const node = await router.addNode(disk(["m"], created));
    const large = Buffer.alloc(4 * 2 ** 20);
    const reply = await fetch(`${router.url}${PATH}`, { method: "POST", body: large });
    expect([reply.status, callsFor(node, PATH)[0]?.body.length]).toEqual([201, large.length]);
    expect((await send("POST", "/api/copy", `{"a":"${"x".repeat(2 * 2 ** 20)}"}`)).status).toBe(413);
  });

  test("whose node dies ends with an error in time, and the router serves on", async () => {
    const node = await router.addNode(disk(["m"], created));
    const socket = connect(router.port, "127.0.0.1");
    const answer = textOf(socket);
    socket.write(`POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n`);
    socket.write(Buffer.alloc(100_000));
    await until(() => router.assembly.serving.running.isBusy("node-1" as never));
    await node.kill();
    expect(await answer).toMatch(/^HTTP\/1.1 502 .*\{"error":"the upload to node 'node-1' failed: .*"\}$/s);
    socket.destroy();
    expect((await fetch(`${router.url}/api/tags`)).status).toBe(200);
  });

  test("whose client dies is ended on the node", async () => {
    const node = await router.addNode(disk(["m"], created));
    const socket = connect(router.port, "127.0.0.1");
    socket.write(`POST ${PATH} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
    const isBusy = () => router.assembly.serving.running.isBusy("node-1" as never);
    await until(isBusy);
    socket.destroy();
    await until(() => !isBusy());
    expect(callsFor(node, PATH)).toEqual([]);
  });

  test("is refused where no node can take it", async () => {
    const reply = await upload("nobody");
    expect([reply.status, reply.headers.get("x-herd-error")]).toEqual([503, "HERD_NO_PULL_NODE"]);
  });
});

describe("what any node may answer", () => {
  const noRoute: ScriptedNode["answer"] = ({ response }) =>
    void response.writeHead(404, { "Content-Type": "text/plain" }).end("404 page not found");

  test("comes from the newest Ollama that can; others are asked where it is signed out or has failed", async () => {
    const hits = jsonAnswer(200, { results: [] });
    await router.addNode(disk(["m"], hits), { version: "0.20.0" });
    await router.addNode(disk(["m"], jsonAnswer(401, { error: "unauthorized" })), { version: "0.30.0" });
    await router.addNode(disk(["m"], noRoute), { version: "0.9.0" });
    const reply = await send("POST", "/api/experimental/web_search", { query: "x" }, { authorization: "Bearer s" });
    expect([reply.status, await reply.json(), reply.headers.get("x-fleet-node")]).toEqual([
      200,
      { results: [] },
      "node-1",
    ]);
  });

  test("is the first refusal where nobody does better, and Go's own 404 where nobody has the route", async () => {
    await router.addNode(disk(["m"], noRoute), { version: "0.30.0" });
    const nobody = await send("POST", "/api/experimental/web_fetch", { url: "x" });
    expect([nobody.status, await nobody.text()]).toEqual([404, "404 page not found"]);
    await router.addNode(disk(["m"], jsonAnswer(403, { error: "ollama cloud is disabled" })), { version: "0.20.0" });
    const reply = await send("POST", "/api/experimental/web_fetch", { url: "x" });
    expect([reply.status, await reply.json()]).toEqual([403, { error: "ollama cloud is disabled" }]);
  });

  test("is known without a node for the status of the cloud, and for nothing else", async () => {
    const status = async () => (await send("GET", "/api/status")).text();
    expect(await status()).toBe('{"cloud":{"disabled":false,"source":"none"}}');
    expect((await send("POST", "/api/me")).status).toBe(503);
    await router.addNode(disk(["m"], noRoute));
    expect(await status()).toBe('{"cloud":{"disabled":false,"source":"none"}}');
  });

  test("is asked of every node where it signs out", async () => {
    await router.addNode(disk(["m"], jsonAnswer(200, null)));
    await router.addNode(disk(["m"], noRoute));
    const reply = await send("POST", "/api/signout");
    expect([reply.status, await reply.text(), reply.headers.get("x-fleet-nodes")]).toEqual([200, "null", "node-1"]);
    await router.addNode(disk(["m"], jsonAnswer(500, { error: "there was an error signing out" })));
    const partial = await send("POST", "/api/signout");
    expect([partial.status, partial.headers.get("x-herd-error")]).toEqual([500, "HERD_PARTLY_DONE"]);
    const one = await send("POST", "/api/signout", { node_id: "node-1" });
    expect([one.status, one.headers.get("x-fleet-nodes")]).toEqual([200, "node-1"]);
    const key = await send("DELETE", "/api/user/keys/abc", { node_id: "node-1" });
    expect(key.status).toBe(200);
  });
});

/** What arrives until the body of the answer has. */
function textOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("error", () => resolve(text));
    socket.on("data", (chunk) => {
      text += chunk.toString();
      if (text.includes("\r\n\r\n") && text.endsWith("}")) resolve(text);
    });
    socket.on("close", () => resolve(text));
  });
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
