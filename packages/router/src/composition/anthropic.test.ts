import { readFileSync } from "node:fs";
import { zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callRaw, headerIn } from "../http/testing/raw-call.ts";
import { jsonAnswer, type ScriptedNode } from "./testing/scripted-node.ts";
import { startTestRouter, type TestRouter } from "./testing/test-router.ts";

const folder = new URL("../../fixtures/ollama-0.24.0/", import.meta.url);

interface Recording {
  readonly request: { readonly path: string; readonly body?: string };
  readonly response: {
    readonly status: number;
    readonly headers: readonly [string, string][];
    readonly chunks: readonly { readonly text?: string }[];
  };
}

const recording = (name: string): Recording =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), "utf8")) as Recording;
const textOf = ({ response }: Recording): string => response.chunks.map(({ text }) => text).join("");

/** Answers with what a real node sent, chunk by chunk. */
const replay =
  (name: string): ScriptedNode["answer"] =>
  ({ path, response }) => {
    if (!path.startsWith("/v1/messages")) return void response.writeHead(404).end();
    const recorded = recording(name).response;
    const kept = recorded.headers.filter(([header]) => !/^(date|connection|transfer-encoding)$/i.test(header));
    response.writeHead(recorded.status, kept.flat());
    for (const { text } of recorded.chunks) response.write(text);
    response.end();
  };

const MODELS = ["smollm2:135m", "smol-think", "smol-tools", "gemma3:270m", "tools:30b"];

let router: TestRouter;
let node: ScriptedNode;

beforeAll(async () => {
  router = await startTestRouter({
    anthropicModelMap: { "claude-haiku": "gemma3:270m", "claude-opus": "fast" },
    modelAliases: { "claude-alias": "smol-think", fast: "smol-tools" },
  });
  node = await router.addNode(undefined, { models: MODELS, loaded: ["gemma3:270m"] });
});

afterAll(() => router.close());

const postTo = async (port: number, path: string, body: string | object) => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body: text });
  const header = (name: string) => response.headers.get(name) ?? undefined;
  return { status: response.status, body: await response.text(), header };
};
const post = (path: string, body: string | object) => postTo(router.port, path, body);
const hello = (model: string, extra: object = {}) => ({
  model,
  max_tokens: 5,
  messages: [{ role: "user", content: "hi" }],
  ...extra,
});
const masked = (text: string): string => text.replace(/req_[0-9a-f]{24}/, "req_");

describe("/v1/messages", () => {
  test.each([
    "v1-messages-beta-query",
    "v1-messages-no-auth-headers",
    "v1-messages-nonstream",
    "v1-messages-nonstream-max-tokens",
    "v1-messages-stream",
    "v1-messages-stream-cold-load",
    "v1-messages-stream-end-turn",
    "v1-messages-thinking-nonstream",
    "v1-messages-thinking-stream",
    "v1-messages-thinking-unsupported",
    "v1-messages-tools-nonstream",
    "v1-messages-tools-stream",
    "v1-messages-tools-unsupported",
  ])("relays %s byte for byte, both ways", async (name) => {
    node.answer = replay(name);
    const { request, response } = recording(name);
    const answer = await post(request.path, request.body ?? "");
    expect([answer.status, answer.body]).toEqual([response.status, textOf(recording(name))]);
    expect(answer.header("content-type")).toBe(Object.fromEntries(response.headers)["Content-Type"]);
    expect(answer.header("x-fleet-node")).toBe("node-1");
    const call = node.calls.at(-1);
    expect([call?.path, call?.body]).toEqual([request.path, request.body]);
  });

  test.each([
    "v1-messages-bad-json",
    "v1-messages-empty-body",
    "v1-messages-empty-messages",
    "v1-messages-missing-max-tokens",
    "v1-messages-missing-model",
    "v1-messages-unknown-model",
    "v1-messages-unknown-model-stream",
  ])("refuses %s as a node does", async (name) => {
    const recorded = recording(name);
    const answer = await post(recorded.request.path, recorded.request.body ?? "");
    expect([answer.status, masked(answer.body)]).toEqual([recorded.response.status, masked(textOf(recorded))]);
    expect(answer.header("content-type")).toBe(Object.fromEntries(recorded.response.headers)["Content-Type"]);
    expect(JSON.parse(answer.body).request_id).toMatch(/^req_[0-9a-f]{24}$/);
    expect(answer.header("x-request-id")).toBeDefined();
    expect(answer.header("x-herd-error")).toBeDefined();
  });

  test("tells that a stream has ended too early, which the node itself does not", async () => {
    node.answer = replay("fail-runner-killed-v1-messages-stream");
    const recorded = recording("fail-runner-killed-v1-messages-stream");
    const answer = await post("/v1/messages", recorded.request.body ?? "");
    expect(answer.status).toBe(200);
    expect(answer.body.slice(0, textOf(recorded).length)).toBe(textOf(recorded));
    expect(answer.body.slice(textOf(recorded).length)).toMatch(
      /^event: error\ndata: \{"type":"error","error":\{"type":"api_error","message":"the answer of node 'node-1' ended.*"\},"request_id":"req_[0-9a-f]{24}"\}\n\n$/,
    );
  });

  test("gives a node's own refusal as it is, also when no other node is left", async () => {
    node.answer = replay("queue-overflow-v1-messages");
    const answer = await post("/v1/messages", hello("smol-tools"));
    expect([answer.status, answer.body]).toEqual([503, textOf(recording("queue-overflow-v1-messages"))]);
  });

  test("leaves the tools out where none may be called", async () => {
    node.answer = replay("v1-messages-nonstream");
    const tools = [{ name: "f", input_schema: { type: "object" } }];
    const answer = await post("/v1/messages", hello("smol-tools", { tools, tool_choice: { type: "none" } }));
    expect(answer.status).toBe(200);
    expect(JSON.parse(node.calls.at(-1)?.body ?? "")).not.toHaveProperty("tools");
  });

  test.each([
    ["claude-haiku-4-5-20251001", "gemma3:270m"],
    ["claude-sonnet-4-5", "gemma3:270m"],
    ["claude-alias", "smol-think"],
    ["claude-opus-4-1", "smol-tools"],
    ["smol-think", "smol-think"],
  ])("%s is served by %s, and the headers tell", async (requested, served) => {
    node.answer = replay("v1-messages-nonstream");
    const answer = await post("/v1/messages", hello(requested));
    expect([answer.status, answer.header("x-fleet-requested-model"), answer.header("x-fleet-served-model")]).toEqual([
      200,
      requested,
      served,
    ]);
    expect(JSON.parse(node.calls.at(-1)?.body ?? "")).toEqual(hello(served));
  });

  test("has its usage, its reason and who asked in the records", async () => {
    node.answer = replay("v1-messages-stream");
    const answer = await post("/v1/messages", hello("smollm2:135m", { stream: true, metadata: { user_id: "u-7" } }));
    const id = answer.header("x-request-id");
    const stored = () => router.traces().find((trace) => trace.request_id === id);
    await expect.poll(stored).toMatchObject({
      status: "completed",
      prompt_tokens: 12,
      completion_tokens: 8,
      finish_reason: "max_tokens",
      tags: ["user:u-7"],
    });
  });

  test("with another method is refused as Ollama refuses it", async () => {
    const answer = await callRaw(router.port, { method: "GET", path: "/v1/messages" });
    expect([answer.status, answer.body, headerIn(answer, "allow")]).toEqual([405, "405 method not allowed", "POST"]);
  });
});

describe("/v1/messages/count_tokens", () => {
  const count = (body: string | object) => post("/v1/messages/count_tokens?beta=true", body);

  test("counts system, messages, tools and images without any node", async () => {
    const calls = node.calls.length;
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } };
    const text = "x".repeat(400);
    const inputTokens = async (extra: object): Promise<number> => {
      const answer = await count({ model: "tools:30b", messages: [{ role: "user", content: text }], ...extra });
      expect([answer.status, answer.header("x-request-id")]).toEqual([200, expect.any(String)]);
      return JSON.parse(answer.body).input_tokens as number;
    };
    const plain = await inputTokens({});
    expect(plain).toBe(100);
    expect(await inputTokens({ system: [{ type: "text", text }] })).toBe(200);
    expect(await inputTokens({ tools: [{ name: "f", description: text }] })).toBeGreaterThan(200);
    expect(await inputTokens({ messages: [{ role: "user", content: [image] }] })).toBeGreaterThan(plain);
    expect(node.calls.length).toBe(calls);
  });

  test("counts for a mapped name by what was learned of the model behind it", async () => {
    const messages = [{ role: "user", content: "x".repeat(4_000) }];
    const counted = async (): Promise<number> =>
      JSON.parse((await count({ model: "claude-haiku-4-5", messages })).body).input_tokens as number;
    expect(await counted()).toBe(1_000);
    const usage = { input_tokens: 2_000, output_tokens: 1 };
    node.answer = jsonAnswer(200, { type: "message", content: [{ type: "text", text: "x" }], usage });
    await post("/v1/messages", hello("gemma3:270m", { messages }));
    await expect.poll(counted).toBeGreaterThan(1_000);
  });

  test("reads a body packed by zstd", async () => {
    const body = zstdCompressSync(
      JSON.stringify({ model: "m", messages: [{ role: "user", content: "x".repeat(400) }] }),
    );
    const headers = { "content-encoding": "zstd" };
    const answer = await fetch(`${router.url}/v1/messages/count_tokens`, { method: "POST", body, headers });
    expect(await answer.json()).toEqual({ input_tokens: 100 });
  });

  test.each(["claude-sonnet-4-5", "claude-haiku-4-5", "nobody-has-this"])("counts for %s, too", async (model) => {
    const answer = await count({ model, messages: [{ role: "user", content: "hello" }] });
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { input_tokens: 2 }]);
  });

  test.each([
    ["{", "unexpected EOF"],
    ["", "EOF"],
    ['{"model":"m"}', "messages is required"],
    ['{"messages":[]}', "model is required"],
    ['{"model":"m","messages":[{"role":"user","content":5}]}', expect.stringContaining("cannot unmarshal number")],
    ['{"model":"a b","messages":[{"role":"user","content":"x"}]}', "invalid model name"],
  ])("refuses %s in its dialect", async (body, message) => {
    const answer = await count(body);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([
      400,
      { type: "error", error: { type: "invalid_request_error", message }, request_id: expect.stringMatching(/^req_/) },
    ]);
    expect(answer.header("x-herd-error")).toBe("HERD_BAD_REQUEST");
  });
});

test("a fleet without a chat model says that there is no such model", async () => {
  const empty = await startTestRouter();
  await empty.addNode(jsonAnswer(500, {}), { models: ["nomic-embed-text"] });
  const answer = await postTo(empty.port, "/v1/messages", hello("claude-x"));
  expect([answer.status, JSON.parse(answer.body).error]).toEqual([
    404,
    { type: "not_found_error", message: "model 'claude-x' not found" },
  ]);
  await empty.close();
});
