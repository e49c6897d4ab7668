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

  test("is refused where no node can take it", async () => {
    expect([(await pull({ model: "x" })).status]).toEqual([503]);
  });

  test("changes the fleet, so callers elsewhere may not ask for it", async () => {
    await router.close();
    router = await startTestRouter({ trustedProxies: ["127.0.0.1"] });
    await router.addNode(puller(succeed).answer);
    const reply = await pull({ model: "x" }, { "x-forwarded-for": "192.168.1.9" });
    expect([reply.status, reply.headers.get("x-herd-error")]).toEqual([403, "HERD_ADMIN_ONLY"]);
  });
});

describe("a second pull of the same model", () => {
  const lines = async (reply: Response): Promise<{ status?: string; completed?: number; error?: string }[]> =>
    (await reply.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const upstream = (node: { readonly calls: readonly NodeCall[] }) =>
    node.calls.filter(({ path }) => path === "/api/pull").length;
  /** A node whose pulls begin and go on only when the test says so, and their first call. */
  const begun = async () => {
    const node = await router.addNode(puller(({ response }) => void response.writeHead(200).write(PROGRESS)).answer);
    const first = await pull({ model: "x" });
    return { node, first, call: await node.call("/api/pull") };
  };

  test("joins the one that runs, where it runs: it hears how far that is, and its end, under its own id", async () => {
    const { node, first, call } = await begun();
    const other = await router.addNode(puller(succeed).answer, { freeGb: 30 });
    const second = await pull({ model: "X:latest" }, { "x-request-id": "second" });
    expect([second.headers.get("x-fleet-node"), second.headers.get("x-request-id")]).toEqual(["node-1", "second"]);
    call.response.write('{"status":"pulling abc","digest":"sha256:abc","total":9,"comp');
    call.response.end('leted":8}\n{"status":"success"}\n');
    const heard = await lines(second);
    expect(heard.map(({ status }) => status)).toEqual(["pulling manifest", "pulling abc", "pulling abc", "success"]);
    expect(heard.map(({ completed }) => completed)).toEqual([undefined, 3, 8, undefined]);
    expect((await lines(first)).at(-1)).toEqual({ status: "success" });
    expect([upstream(node), upstream(other)]).toEqual([1, 0]);
  });

  test("in one piece is answered at the end, good or bad", async () => {
    const { first, call } = await begun();
    const second = pull({ model: "x", stream: false });
    await joined(2);
    call.response.end('{"error":"no space left"}\n');
    const reply = await second;
    expect([reply.status, await reply.json()]).toEqual([500, { error: "no space left" }]);
    await first.text();
  });

  test("keeps it running when who began it leaves; when the last leaves, the node hears of it", async () => {
    const [leave, leaveToo] = [new AbortController(), new AbortController()];
    const node = await router.addNode(puller(({ response }) => void response.writeHead(200).write(PROGRESS)).answer);
    const ask = (signal: AbortSignal) =>
      fetch(`${router.url}/api/pull`, { method: "POST", body: '{"model":"x"}', signal });
    const first = await ask(leave.signal);
    const reader = first.body?.getReader();
    await reader?.read();
    const second = await ask(leaveToo.signal);
    const heard = second.body?.getReader();
    await heard?.read();
    const { response } = await node.call("/api/pull");
    let isCut = false;
    const cut = new Promise((resolve) => response.once("close", resolve)).then(() => {
      isCut = true;
    });
    leave.abort();
    await expect.poll(async () => (await listedPulls())[0]).toMatchObject({ origin: "client", ended_at: null });
    response.write('{"status":"pulling abc","digest":"sha256:abc","total":9,"completed":9}\n');
    expect(Buffer.from((await heard?.read())?.value ?? "").toString()).toContain('"completed":9');
    expect(isCut).toBe(false);
    leaveToo.abort();
    await cut;
    await expect.poll(async () => (await listedPulls())[0]).toMatchObject({ status: "cancelled" });
  });

  test("tries for itself when the first fails before it has told anything", async () => {
    let count = 0;
    const node = await router.addNode(
      puller((call) => {
        count += 1;
        if (count > 1) succeed(call);
      }).answer,
    );
    const first = pull({ model: "x" });
    const call = await node.call("/api/pull");
    const second = pull({ model: "x" });
    await joined(2);
    call.response.destroy();
    expect((await lines(await second)).at(-1)).toEqual({ status: "success" });
    await (await first).text();
  });

  test("is told so when the node falls away in the middle, like the first", async () => {
    const { first, call } = await begun();
    const second = await pull({ model: "x" });
    call.response.destroy();
    for (const reply of [first, second])
      expect((await lines(reply)).at(-1)).toEqual({ error: expect.stringContaining("ended before it was done") });
    expect(await listedPulls()).toMatchObject([{ status: "failed", clients: 2 }]);
  });

  test("after the first has ended is a pull of its own", async () => {
    const { node, first, call } = await begun();
    call.response.end('{"status":"success"}\n');
    await first.text();
    node.answer = puller(succeed).answer;
    expect((await lines(await pull({ model: "x" }))).at(-1)).toEqual({ status: "success" });
    expect(upstream(node)).toBe(2);
  });
});

describe("the list of pulls", () => {
  test("shows what clients pull with its bytes, and an operator can end it for all: each is told", async () => {
    const node = await router.addNode(puller(({ response }) => void response.writeHead(200).write(PROGRESS)).answer);
    const [first, second] = [await pull({ model: "x" }), await pull({ model: "x" })];
    await expect
      .poll(listedPulls)
      .toMatchObject([
        { model: "x", node_id: "node-1", origin: "client", status: "pulling abc", completed: 3, total: 9, error: null },
      ]);
    const [{ id = "" } = {}] = await listedPulls();
    const { response } = await node.call("/api/pull");
    const cut = new Promise((resolve) => response.once("close", resolve));
    expect(await cancel(id)).toEqual({ status: "cancelled" });
    await cut;
    for (const reply of [first, second])
      expect((await reply.text()).trim().split("\n").at(-1)).toBe('{"error":"the pull was cancelled"}');
    expect(await listedPulls()).toMatchObject([{ status: "cancelled", ended_at: expect.any(Number) }]);
    expect(await cancel(id)).toEqual({ status: "not_running" });
  });

  test("stands whatever a node tells, which reaches the client as it is", async () => {
    const odd = [
      '{"status":7,"digest":[],"total":"x","completed":{}}',
      "no JSON",
      "null",
      `{"status":"${"s".repeat(2_000)}","digest":"a","total":-1,"completed":1e999}`,
      '{"error":{"deep":true}}',
    ].map((line) => `${line}\n`);
    await router.addNode(puller(({ response }) => void response.writeHead(200).end(odd.join(""))).answer);
    expect((await (await pull({ model: "x" })).text()).startsWith(odd.join(""))).toBe(true);
    expect(await listedPulls()).toMatchObject([
      { status: "failed", completed: 0, total: 0, error: "an error without a text" },
    ]);
  });

  test("shows why one failed", async () => {
    await router.addNode(puller(jsonAnswer(500, { error: "file does not exist" })).answer);
    await (await pull({ model: "x" })).text();
    expect(await listedPulls()).toMatchObject([{ status: "failed", error: expect.any(String) }]);
  });
});

interface ListedRow {
  readonly id: string;
}

const listedPulls = async (): Promise<readonly ListedRow[]> =>
  ((await (await fetch(`${router.url}/dashboard/api/pulls`)).json()) as { pulls: ListedRow[] }).pulls;

/** So many wait for the newest pull. */
const joined = (clients: number) => expect.poll(async () => (await listedPulls())[0]).toMatchObject({ clients });

const cancel = async (id: string): Promise<unknown> => {
  const headers = { "content-type": "application/json" };
  const sent = { method: "POST", headers, body: JSON.stringify({ id }) };
  return await (await fetch(`${router.url}/dashboard/api/pulls/cancel`, sent)).json();
};
