import { afterEach, describe, expect, test } from "vitest";
import { chatAnswer, FIRST_RECORD, jsonAnswer, LAST_RECORD, type ScriptedNode } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

/** An Ollama that has neither OpenAI's responses nor Anthropic's messages. */
const OLD = { version: "0.12.0" };
const MESSAGES = [{ role: "user", content: "Hello" }];

const routers: TestRouter[] = [];

afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.close()));
});

async function start(): Promise<TestRouter> {
  const router = await startTestRouter();
  routers.push(router);
  return router;
}

async function ask({ url }: TestRouter, path: string, body: object) {
  const response = await fetch(url + path, { method: "POST", body: JSON.stringify({ model: "m", ...body }) });
  const text = await response.text().catch((error: unknown) => String(error));
  return { status: response.status, headers: response.headers, text };
}

const streamed =
  (...records: readonly object[]): ScriptedNode["answer"] =>
  ({ response }) => {
    response.writeHead(200, { "Content-Type": "application/x-ndjson" });
    for (const record of records) response.write(`${JSON.stringify(record)}\n`);
    response.end();
  };

describe("a translated stream whose node breaks off", () => {
  test("of responses ends with an error event that carries the next number", async () => {
    const router = await start();
    await router.addNode(streamed(FIRST_RECORD), OLD);
    const { text } = await ask(router, "/v1/responses", { input: "Hello", stream: true });
    const numbers = [...text.matchAll(/"sequence_number":(\d+)/g)].map(([, number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_number, at) => at));
    expect(text.trimEnd().split("\n\n").at(-1)).toMatch(/^event: error\n/);
    expect(text).not.toContain("response.completed");
    await expect.poll(() => router.traces()[0]?.status).toBe("incomplete");
  });

  test("of messages ends with an error event, and nothing claims an end", async () => {
    const router = await start();
    await router.addNode(streamed(FIRST_RECORD, { error: "an error was encountered" }), OLD);
    const { text } = await ask(router, "/v1/messages", { max_tokens: 9, messages: MESSAGES, stream: true });
    expect(text.trimEnd().split("\n\n").at(-1)).toMatch(/^event: error\ndata: \{"type":"error"/);
    expect(text).not.toContain("message_stop");
  });
});

describe("a translated answer in one piece", () => {
  test("comes from another node when the first one breaks off", async () => {
    const router = await start();
    const broken: ScriptedNode["answer"] = ({ response }) => {
      response.writeHead(200, { "Content-Type": "application/json" });
      response.end(JSON.stringify(LAST_RECORD).slice(0, -9));
    };
    await router.addNode(broken, { ...OLD, context: 0, freeGb: 30 });
    await router.addNode(chatAnswer, { ...OLD, context: 0, freeGb: 2 });
    const { status, text, headers } = await ask(router, "/v1/messages", { max_tokens: 9, messages: MESSAGES });
    expect([status, headers.get("x-fleet-node"), headers.get("x-fleet-retries")]).toEqual([200, "node-2", "1"]);
    expect(JSON.parse(text)).toMatchObject({ type: "message", content: [{ type: "text", text: "!" }] });
    expect(headers.get("content-length")).toBe(String(Buffer.byteLength(text)));
    expect(headers.get("x-fleet-edits")).toBe("translated to /api/chat");
    await expect.poll(() => router.traces().length).toBe(1);
  });

  test("that is an error is told in the client's dialect", async () => {
    const router = await start();
    await router.addNode(jsonAnswer(400, { error: 'option "x" must be of type integer' }), OLD);
    const { status, text } = await ask(router, "/v1/messages", { max_tokens: 9, messages: MESSAGES });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error", message: 'option "x" must be of type integer' },
    });
  });
});

describe("what cannot be said in the API of a node's server", () => {
  const body = { messages: MESSAGES, logit_bias: { 5: 1 } };
  const ancient = { version: "0.1.10" };

  test("is a 400 that names it", async () => {
    const router = await start();
    const node = await router.addNode(chatAnswer, ancient);
    const { status, text, headers } = await ask(router, "/v1/chat/completions", body);
    expect([status, headers.get("x-herd-error")]).toEqual([400, "HERD_UNTRANSLATABLE"]);
    expect(JSON.parse(text).error.message).toContain("logit_bias");
    expect(node.calls.filter(({ method }) => method === "POST")).toEqual([]);
    await expect.poll(() => router.traces()[0]).toMatchObject({ status: "failed", error_code: "HERD_UNTRANSLATABLE" });
  });

  test("is served by another node that has the client's API", async () => {
    const router = await start();
    await router.addNode(chatAnswer, { ...ancient, freeGb: 30 });
    await router.addNode(chatAnswer, { freeGb: 2 });
    const { status, headers } = await ask(router, "/v1/chat/completions", body);
    expect([status, headers.get("x-fleet-node"), headers.get("x-fleet-ignored")]).toEqual([
      200,
      "node-2",
      "logit_bias",
    ]);
  });
});

describe("a node that lacks the client's API, beside one that has it", () => {
  const body = { messages: MESSAGES, n: 2 };
  const ancient = { version: "0.1.10" };

  test("does not turn the other one's failure into the client's fault", async () => {
    const router = await start();
    await router.addNode(jsonAnswer(500, { error: "something broke" }), { freeGb: 30 });
    await router.addNode(chatAnswer, { ...ancient, freeGb: 2 });
    const { status, text } = await ask(router, "/v1/chat/completions", body);
    expect([status, text]).toEqual([500, '{"error":"something broke"}']);
  });

  test("leaves time for the other one to come back", async () => {
    const router = await startTestRouter({ holdingS: 20 });
    routers.push(router);
    const able = await router.addNode(chatAnswer, { id: "able", isReachable: false });
    await router.addNode(chatAnswer, { ...ancient, id: "ancient" });
    const answer = ask(router, "/v1/chat/completions", body);
    await expect.poll(() => router.assembly.serving.admission.heldCount()).toBe(1);
    await router.join(able, { id: "able" });
    expect((await answer).headers.get("x-fleet-node")).toBe("able");
  });
});

test("when to come again is told in every dialect", async () => {
  const router = await start();
  await router.addNode(jsonAnswer(429, { error: "too many" }, { "Retry-After": "17" }), OLD);
  const { status, headers } = await ask(router, "/v1/messages", { max_tokens: 9, messages: MESSAGES });
  expect([status, headers.get("retry-after")]).toEqual([429, "17"]);
});
