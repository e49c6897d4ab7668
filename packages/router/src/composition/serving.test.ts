import { once } from "node:events";
import type { TraceView } from "@herd/shared";
import { afterEach, describe, expect, test } from "vitest";
import { openRaw } from "../http/testing/raw-call.ts";
import type { RouterSettings } from "../settings/settings.ts";
import { chatAnswer, FIRST_RECORD, jsonAnswer, LAST_RECORD, type NodeCall } from "./testing/scripted-node.ts";
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

const CHAT = { model: "m", messages: [{ role: "user", content: "Hello" }] };

interface PostWishes {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

const post = (
  { url }: TestRouter,
  body: unknown = CHAT,
  { path = "/api/chat", headers = {}, signal }: PostWishes = {},
) =>
  fetch(url + path, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

/** The stored rows, newest first, once there are `count` of them. */
async function traces(router: TestRouter, count = 1): Promise<readonly TraceView[]> {
  await expect.poll(() => router.traces().length).toBe(count);
  return router.traces();
}

const died = jsonAnswer(500, { error: "model runner has unexpectedly stopped" });

describe("a request", () => {
  test("is sent as it came and answered as the node answers, with who answered in the headers", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, { context: 0 });
    const body = '{ "model":"m",  "messages":[{"role":"user","content":"H\\u00e9llo"}]  }\n';
    const response = await post(router, body, {
      headers: { "X-Request-Id": "r-1", "X-Custom": "kept", Cookie: "dropped" },
    });
    expect(await response.text()).toBe(`${JSON.stringify(FIRST_RECORD)}\n${JSON.stringify(LAST_RECORD)}\n`);
    const [call] = node.calls;
    expect(call?.body).toBe(body);
    expect(call?.headers).toMatchObject({ "x-custom": "kept", "x-request-id": "r-1", host: `127.0.0.1:${node.port}` });
    expect(call?.headers.cookie).toBeUndefined();
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/x-ndjson",
      "x-request-id": "r-1",
      "x-fleet-node": "node-1",
      "x-fleet-requested-model": "m",
      "x-fleet-served-model": "m",
      "x-fleet-score": expect.stringMatching(/^-?\d+$/),
      "x-fleet-queue-ms": expect.stringMatching(/^\d+\.\d$/),
      "x-fleet-overhead-ms": expect.stringMatching(/^\d+\.\d\d$/),
    });
    expect(response.headers.get("x-fleet-retries")).toBeNull();
  });

  test("leaves one trace row with everything that is known", async () => {
    const router = await start();
    await router.addNode(chatAnswer, { context: 0 });
    const tagged = { ...CHAT, user: "u1", metadata: { tags: ["t1"] } };
    await (await post(router, tagged, { headers: { "X-Request-Id": "r-1" } })).text();
    expect((await traces(router))[0]).toMatchObject({
      request_id: "r-1",
      model: "m:latest",
      original_model: "m",
      node_id: "node-1",
      status: "completed",
      prompt_tokens: 11,
      completion_tokens: 2,
      retry_count: 0,
      client_ip: "127.0.0.1",
      original_format: "ollama",
      endpoint: "/api/chat",
      is_stream: true,
      http_status: 200,
      finish_reason: "stop",
      load_ms: 10,
      prefill_ms: 50,
      decode_ms: 80,
      tokens_per_s: 25,
      tokens_estimated: false,
      tags: ["t1", "user:u1"],
      error_code: null,
      error_class: null,
      edits: null,
    });
  });

  test("teaches how long such requests take on that lane, each kind what it can", async () => {
    const router = await start();
    await router.addNode(chatAnswer);
    const learned = () => router.assembly.serving.views.learnedOf("node-1:m:latest");
    await (await post(router, { model: "m", messages: [] })).text();
    expect(learned()).toMatchObject({ slotMs: undefined, firstTokenMs: undefined });
    await (await post(router, { ...CHAT, stream: false })).text();
    expect(learned()).toMatchObject({
      slotMs: expect.any(Number),
      firstTokenMs: undefined,
      decodeTokensPerS: 25,
      outputTokens: 2,
    });
    await (await post(router)).text();
    expect(learned()).toMatchObject({ firstTokenMs: expect.any(Number) });
  });

  test("tells why it went where it went", async () => {
    const router = await start();
    await router.addNode(chatAnswer);
    await (await post(router, CHAT, { headers: { "X-Request-Id": "r-1" } })).text();
    for (const id of ["r-1", "last"]) {
      const view = (await (await fetch(`${router.url}/fleet/decisions/${id}`)).json()) as { attempts: object[] };
      expect(view).toMatchObject({ request_id: "r-1", attempts: [{ attempt: 1, winner: "node-1", model: "m" }] });
    }
    expect((await fetch(`${router.url}/fleet/decisions/nobody`)).status).toBe(404);
  });

  test("for an alias is edited in that one place, and says so", async () => {
    const router = await start({ modelAliases: { "gpt-4o": "m" } });
    const node = await router.addNode(chatAnswer);
    const response = await post(
      router,
      '{"messages":[{"role":"user","content":"gpt-4o"}],"model" : "gpt-4o" , "stream":false}',
      {
        path: "/v1/chat/completions",
      },
    );
    await response.text();
    expect(node.calls[0]?.body).toBe(
      '{"messages":[{"role":"user","content":"gpt-4o"}],"model" : "m" , "stream":false}',
    );
    expect(response.headers.get("x-fleet-requested-model")).toBe("gpt-4o");
    expect(response.headers.get("x-fleet-served-model")).toBe("m");
    expect((await traces(router))[0]).toMatchObject({
      original_model: "gpt-4o",
      model: "m:latest",
      edits: ["model=m"],
    });
  });

  test("without any output is told apart in its row", async () => {
    const router = await start();
    const silent = { ...LAST_RECORD, message: { role: "assistant", content: "" }, eval_count: 0 };
    await router.addNode(jsonAnswer(200, silent));
    await (await post(router, { ...CHAT, stream: false })).text();
    expect((await traces(router))[0]).toMatchObject({ status: "no_output" });
  });
});

describe("a node that fails before the first byte", () => {
  test("by a crash of its runner costs nothing while another can answer", async () => {
    const router = await start();
    const bad = await router.addNode(died, { freeGb: 30 });
    const good = await router.addNode(chatAnswer, { freeGb: 10 });
    const response = await post(router);
    expect([response.status, (await response.text()).includes("Hi")]).toEqual([200, true]);
    expect([bad.calls.length, good.calls.length]).toEqual([1, 1]);
    expect(response.headers.get("x-fleet-node")).toBe("node-2");
    expect(response.headers.get("x-fleet-retries")).toBe("1");
    expect((await traces(router))[0]).toMatchObject({
      status: "completed",
      retry_count: 1,
      excluded_nodes: ["node-1"],
    });
    const decisions = (await (await fetch(`${router.url}/fleet/decisions/last`)).json()) as {
      attempts: { rejected: object[] }[];
    };
    expect(decisions.attempts[1]?.rejected).toMatchObject([{ node_id: "node-1", filter: "already-failed" }]);
  });

  test("whatever the way, is followed by the others, each once, and the last answer is passed on", async () => {
    const router = await start({ maxRetries: 2 });
    const nodes = [
      await router.addNode(died),
      await router.addNode(died),
      await router.addNode(died),
      await router.addNode(died),
    ];
    const response = await post(router);
    expect([response.status, await response.json()]).toEqual([500, { error: "model runner has unexpectedly stopped" }]);
    expect(nodes.reduce((sum, node) => sum + node.calls.length, 0)).toBe(3);
    expect((await traces(router))[0]).toMatchObject({ status: "failed", error_class: "node-fault", retry_count: 2 });
  });

  test("by an unreachable port is no failure that counts: every other is tried", async () => {
    const router = await start({ maxRetries: 0 });
    const nodes = [];
    for (let count = 0; count < 4; count += 1) nodes.push(await router.addNode(chatAnswer));
    await Promise.all(nodes.slice(0, 3).map((node) => node.kill()));
    const response = await post(router);
    expect([response.status, (await response.text()).includes("Hi")]).toEqual([200, true]);
    for (const node of nodes.slice(0, 3)) await node.revive();
  });

  test("by no longer having the model is believed, and the model is looked for elsewhere", async () => {
    const router = await start();
    const stale = await router.addNode(jsonAnswer(404, { error: "model 'm' not found" }), { freeGb: 30 });
    await router.addNode(chatAnswer, { freeGb: 10 });
    await (await post(router)).text();
    await (await post(router)).text();
    expect(stale.calls).toHaveLength(1);
  });

  test("by its Host check becomes a finding with its fix", async () => {
    const router = await start();
    const strict = await router.addNode(({ response }) => response.writeHead(403, { "Content-Length": "0" }).end(), {
      freeGb: 30,
    });
    await router.addNode(chatAnswer, { freeGb: 10 });
    expect((await post(router)).status).toBe(200);
    expect(strict.calls).toHaveLength(1);
    const status = (await (await fetch(`${router.url}/fleet/status`)).json()) as {
      nodes: { findings: { id: string }[] }[];
    };
    expect(status.nodes[0]?.findings.map(({ id }) => id)).toContain("host_refused");
  });

  test("by its model not fitting is left alone for that model only", async () => {
    const router = await start();
    const small = await router.addNode(
      (call: NodeCall) =>
        call.body.includes('"big')
          ? jsonAnswer(500, { error: "model requires more system memory (5 GiB) than is available (3 GiB)" })(call)
          : chatAnswer(call),
      { models: ["big", "m"], loaded: ["m"], freeGb: 30 },
    );
    await router.addNode(chatAnswer, { models: ["big"], loaded: [], freeGb: 10 });
    const big = { ...CHAT, model: "big" };
    for (let count = 0; count < 2; count += 1)
      expect((await (await post(router, big)).text()).length).toBeGreaterThan(0);
    expect(small.calls.filter(({ body }) => body.includes('"big'))).toHaveLength(1);
    expect((await post(router)).headers.get("x-fleet-node")).toBe("node-1");
  });
});

describe("a node that has failed several times in a row", () => {
  test("is tried by one request alone, and by the others when that has its first byte", async () => {
    const router = await start();
    const weak = await router.addNode(chatAnswer, { slots: 4 });
    await (await post(router)).text();
    const other = await router.addNode(chatAnswer, { slots: 1 });
    await (await post(router)).text();
    weak.answer = died;
    while (router.assembly.breakers.state("node-1/ollama", performance.now()) === "closed")
      await (await post(router)).text();
    const [before, others] = [weak.calls.length, other.calls.length];
    await (await post(router)).text();
    expect([weak.calls.length, other.calls.length]).toEqual([before, others + 1]);
    weak.answer = () => undefined;
    other.answer = () => undefined;
    await router.join(weak, { id: "node-1", slots: 4 });
    const responses = [1, 2, 3, 4].map(() => post(router));
    const canary = await weak.call("/api/chat", before + 1);
    await expect.poll(() => router.assembly.serving.admission.waitingCount()).toBe(2);
    expect(weak.calls).toHaveLength(before + 1);
    weak.answer = chatAnswer;
    canary.response.write(`${JSON.stringify(FIRST_RECORD)}\n`);
    await weak.call("/api/chat", before + 2);
    canary.response.end(`${JSON.stringify(LAST_RECORD)}\n`);
    chatAnswer(await other.call("/api/chat", others + 2));
    expect((await Promise.all(responses)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });
});

describe("an answer that is the caller's fault", () => {
  test("passes with its bytes, and is not tried elsewhere", async () => {
    const router = await start();
    const refuse = ({ response }: NodeCall): void => {
      response.writeHead(400, { "Content-Type": "application/json; charset=utf-8", "X-Own": "1" });
      response.end('{"error":"does not support \\u003ctools\\u003e"}');
    };
    const nodes = [await router.addNode(refuse), await router.addNode(refuse)];
    const response = await post(router);
    expect([response.status, await response.text()]).toEqual([400, '{"error":"does not support \\u003ctools\\u003e"}']);
    expect([response.headers.get("x-own"), response.headers.get("x-fleet-retries")]).toEqual(["1", null]);
    expect(response.headers.get("x-fleet-node")).toMatch(/^node-[12]$/);
    expect(nodes.reduce((sum, node) => sum + node.calls.length, 0)).toBe(1);
    expect((await traces(router))[0]).toMatchObject({
      status: "failed",
      error_class: "callers-fault",
      http_status: 400,
    });
  });

  test("costs nothing of the budget for retries", async () => {
    const router = await start({ retryBudgetPct: 0 });
    const node = await router.addNode(jsonAnswer(400, { error: "bad" }), { freeGb: 30, slots: 4 });
    for (let count = 0; count < 15; count += 1) await (await post(router)).text();
    node.answer = died;
    await router.addNode(chatAnswer, { freeGb: 10, slots: 4 });
    expect((await post(router)).status).toBe(200);
  });
});

describe("a request without any candidate", () => {
  test("for a model that nobody has gets the dialect's own 404 at once, after the nodes were asked", async () => {
    const router = await start();
    const node = await router.addNode(jsonAnswer(200, { models: [] }));
    const native = await post(router, { ...CHAT, model: "nobody" });
    expect([native.status, await native.json()]).toEqual([404, { error: "model 'nobody' not found" }]);
    expect(native.headers.get("x-herd-error")).toBe("HERD_MODEL_NOT_FOUND");
    const openai = await post(router, { ...CHAT, model: "nobody" }, { path: "/v1/chat/completions" });
    expect([openai.status, await openai.json()]).toMatchObject([
      404,
      { error: { message: "model 'nobody' not found" } },
    ]);
    expect(node.calls.filter(({ path }) => path === "/api/tags")).toHaveLength(1);
    expect((await traces(router, 2))[0]).toMatchObject({
      status: "failed",
      error_code: "HERD_MODEL_NOT_FOUND",
      node_id: "",
    });
  });

  test("finds a model that was pulled a moment ago", async () => {
    const router = await start();
    await router.addNode((call) =>
      call.path === "/api/tags" ? jsonAnswer(200, { models: [{ name: "new:latest" }] })(call) : chatAnswer(call),
    );
    expect((await post(router, { ...CHAT, model: "new" })).status).toBe(200);
  });

  test("waits for a node that sleeps, and is served when it comes back", async () => {
    const router = await start({ holdingS: 20 });
    const node = await router.addNode(chatAnswer, { isReachable: false });
    const response = post(router);
    await expect.poll(() => router.assembly.serving.admission.heldCount()).toBe(1);
    await router.join(node, { id: "node-1" });
    expect((await response).status).toBe(200);
  });

  test("is told so after the holding time, with when to try again", async () => {
    const router = await start({ holdingS: 0.3 });
    await router.addNode(chatAnswer, { isReachable: false });
    const response = await post(router);
    expect([response.status, await response.json()]).toEqual([503, { error: "no node can serve 'm' now" }]);
    expect(response.headers.get("retry-after")).toBe("1");
    expect((await traces(router))[0]).toMatchObject({
      status: "failed",
      error_code: "HERD_NO_CANDIDATE",
      error_class: "evicted",
    });
  });

  test("whose every node failed to answer is tried again when one is heard of, and else told so in time", async () => {
    const router = await start({ holdingS: 1 });
    const node = await router.addNode(chatAnswer);
    await node.kill();
    const lost = await post(router);
    expect([lost.status, await lost.json()]).toEqual([503, { error: "no node that has 'm' could be reached" }]);
    expect(lost.headers.get("retry-after")).toBe("1");
    const saved = post(router);
    await expect.poll(() => router.assembly.serving.admission.heldCount()).toBe(1);
    await node.revive();
    await router.join(node);
    expect((await saved).status).toBe(200);
  });

  test("is not held for ever by a node that reports and never answers", async () => {
    const router = await start({ holdingS: 1 });
    const node = await router.addNode(chatAnswer);
    await node.kill();
    const response = post(router);
    const timer = setInterval(() => void router.join(node), 150);
    expect((await response).status).toBe(503);
    clearInterval(timer);
    await node.revive();
  });
});

describe("a full lane", () => {
  test("turns further requests away in the dialect's words", async () => {
    const router = await start({ queueLimit: 1 });
    const node = await router.addNode(() => undefined, { slots: 1 });
    const first = post(router);
    await node.call("/api/chat");
    const second = post(router);
    await expect.poll(() => router.assembly.serving.admission.waitingCount()).toBe(1);
    const third = await post(router, CHAT, { path: "/v1/chat/completions" });
    expect(third.status).toBe(503);
    expect(await third.json()).toMatchObject({ error: { message: expect.stringContaining("server busy") } });
    expect([third.headers.get("retry-after"), third.headers.get("x-herd-error")]).toEqual(["1", "HERD_QUEUE_FULL"]);
    node.answer = chatAnswer;
    chatAnswer(await node.call("/api/chat"));
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
  });

  test("ends waiting at the deadline, never what runs", async () => {
    const router = await start({ waitDeadlineS: 0.4 });
    const node = await router.addNode(() => undefined, { slots: 1 });
    const running = post(router);
    await node.call("/api/chat");
    const waiting = await post(router);
    expect([waiting.status, waiting.headers.get("x-herd-error")]).toEqual([503, "HERD_WAIT_DEADLINE"]);
    chatAnswer(await node.call("/api/chat"));
    expect((await running).status).toBe(200);
  });
});

describe("a client that leaves", () => {
  test("while it waits frees its place, and its request never reaches a node", async () => {
    const router = await start();
    const node = await router.addNode(() => undefined, { slots: 1 });
    const running = post(router);
    await node.call("/api/chat");
    const leaving = new AbortController();
    const gone = post(router, CHAT, { signal: leaving.signal }).catch(() => undefined);
    await expect.poll(() => router.assembly.serving.admission.waitingCount()).toBe(1);
    leaving.abort();
    await gone;
    await expect.poll(() => router.assembly.serving.admission.waitingCount()).toBe(0);
    chatAnswer(await node.call("/api/chat"));
    await (await running).text();
    expect(node.calls).toHaveLength(1);
    expect((await traces(router, 2)).map(({ status }) => status).toSorted()).toEqual([
      "client_disconnected",
      "completed",
    ]);
  });

  test("while its request runs ends the node's work and frees the slot at once", async () => {
    const router = await start();
    const node = await router.addNode(() => undefined, { slots: 1 });
    const leaving = new AbortController();
    const gone = post(router, CHAT, { signal: leaving.signal }).catch(() => undefined);
    const { response } = await node.call("/api/chat");
    const closed = new Promise((resolve) => response.once("close", resolve));
    leaving.abort();
    await Promise.all([gone, closed]);
    await expect.poll(() => router.assembly.serving.book.inFlight()).toBe(0);
    expect((await traces(router))[0]).toMatchObject({ status: "client_disconnected", node_id: "node-1" });
  });

  test("as soon as it has sent its request never keeps a node busy", async () => {
    const router = await start();
    const node = await router.addNode(() => undefined, { slots: 1 });
    const body = JSON.stringify(CHAT);
    for (let count = 0; count < 20; count += 1) {
      const head = `POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
      const { socket } = openRaw(router.port, head + body);
      await once(socket, "connect");
      socket.end();
      if (count % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }
    await expect.poll(() => router.assembly.serving.admission.waitingCount()).toBe(0);
    await expect.poll(() => router.assembly.serving.book.inFlight()).toBe(0);
    expect(node.calls.every(({ response }) => response.destroyed)).toBe(true);
  });

  test("during a load lets the load go on, and the next request finds the model", async () => {
    const router = await start();
    const node = await router.addNode(() => undefined, { loaded: [] });
    const leaving = new AbortController();
    const gone = post(router, CHAT, { signal: leaving.signal }).catch(() => undefined);
    const load = await node.call("/api/generate");
    leaving.abort();
    await gone;
    await expect.poll(() => router.assembly.serving.book.inFlight()).toBe(0);
    const next = post(router);
    await expect.poll(() => router.assembly.serving.admission.waitingCount()).toBe(1);
    expect([load.response.destroyed, node.calls.length]).toEqual([false, 1]);
    node.answer = chatAnswer;
    chatAnswer(load);
    expect((await next).status).toBe(200);
  });
});

describe("a reply that breaks after its first byte", () => {
  const cut = ({ response }: NodeCall): void => {
    response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    response.write(`${JSON.stringify(FIRST_RECORD)}\n{"model":"m","mess`, () => response.destroy());
  };

  test("as a native stream ends with a line that tells the error", async () => {
    const router = await start();
    await router.addNode(cut);
    const lines = (await (await post(router)).text()).split("\n");
    expect(lines.slice(0, 2)).toEqual([JSON.stringify(FIRST_RECORD), '{"model":"m","mess']);
    expect(JSON.parse(lines[2] ?? "")).toMatchObject({ error: expect.stringContaining("node-1") });
    expect((await traces(router))[0]).toMatchObject({
      status: "incomplete",
      http_status: 200,
      error_code: "HERD_STREAM_CUT",
    });
  });

  test("as an event stream ends with an error event and no [DONE]", async () => {
    const router = await start();
    await router.addNode(({ response }) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write('data: {"id":"1","choices":[{"index":0,"delta":{"content":"Hi"}}]}\n\ndata: {"id', () =>
        response.destroy(),
      );
    });
    const text = await (await post(router, { ...CHAT, stream: true }, { path: "/v1/chat/completions" })).text();
    const events = text.split("\n\n").filter((event) => event !== "");
    expect(events.at(-1)).toMatch(/^data: \{"error":/);
    expect(text).not.toContain("[DONE]");
  });

  test("as one JSON object is cut, never ended", async () => {
    const router = await start();
    await router.addNode(({ response }) => {
      response.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
      response.write('{"model":', () => response.destroy());
    });
    const response = await post(router, { ...CHAT, stream: false });
    await expect(response.text()).rejects.toThrow();
    expect((await traces(router))[0]).toMatchObject({ status: "incomplete" });
  });

  test("is not sent again", async () => {
    const router = await start();
    const nodes = [await router.addNode(cut), await router.addNode(cut)];
    await (await post(router)).text();
    expect(nodes.reduce((sum, node) => sum + node.calls.length, 0)).toBe(1);
  });
});

describe("stopping", () => {
  test("lets what runs and waits finish, turns newcomers away, and writes every row", async () => {
    const router = await start();
    const node = await router.addNode(() => undefined, { slots: 1 });
    const running = post(router);
    await node.call("/api/chat");
    const waiting = post(router);
    await expect.poll(() => router.assembly.serving.admission.waitingCount()).toBe(1);
    const stopped = router.stop();
    node.answer = chatAnswer;
    chatAnswer(await node.call("/api/chat"));
    expect([(await running).status, (await waiting).status]).toEqual([200, 200]);
    await stopped;
    await expect(post(router)).rejects.toThrow();
  });

  test("at the end of its time ends what is left honestly", async () => {
    const router = await start({ drainTimeoutS: 0.2 });
    const node = await router.addNode(({ response }) => void response.write(`${JSON.stringify(FIRST_RECORD)}\n`), {
      slots: 1,
    });
    const running = await post(router);
    await node.call("/api/chat");
    const waiting = post(router);
    await expect.poll(() => router.assembly.serving.admission.waitingCount()).toBe(1);
    await router.stop();
    expect(await running.text()).toContain('{"error":');
    expect([(await waiting).status, (await waiting).headers.get("x-herd-error")]).toEqual([503, "HERD_SHUTTING_DOWN"]);
  });
});
