import OpenAI, { APIError, BadRequestError, InternalServerError, NotFoundError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import { MODEL, setFault, straight, throughFleet, type Way } from "../support/clients/both-ways.ts";
import { until } from "../support/until.ts";

const messages = [{ role: "user" as const, content: "Why is the sky blue?" }];
const request = { model: MODEL, messages, max_tokens: 12, seed: 1, temperature: 0 };

describe.each([
  ["through a router", throughFleet],
  ["straight to a node", straight],
])("the official openai client %s", (_title, open) => {
  const cleanup = createCleanup();
  let way: Way;
  let client: OpenAI;
  beforeAll(async () => {
    way = await open(cleanup);
    client = new OpenAI({ baseURL: `${way.url}/v1`, apiKey: "not-used", maxRetries: 0 });
  });
  afterAll(() => cleanup.run());

  test("lists models", async () => {
    const models = [];
    for await (const model of client.models.list()) models.push(model);
    expect(models).toMatchObject([{ id: MODEL, object: "model", owned_by: "library" }]);
    expect(models[0]?.created).toBeGreaterThan(1_600_000_000);
  });

  test("shows one model", async () => {
    expect(await client.models.retrieve(MODEL)).toMatchObject({ id: MODEL, object: "model" });
  });

  test("chats in one piece", async () => {
    const answer = await client.chat.completions.create(request);
    expect(answer).toMatchObject({
      object: "chat.completion",
      model: MODEL,
      choices: [{ index: 0, finish_reason: "length", message: { role: "assistant" } }],
      usage: { completion_tokens: 12 },
    });
    expect(answer.choices[0]?.message.content?.length).toBeGreaterThan(0);
  });

  test("chats in a stream with usage, with the same words", async () => {
    const whole = await client.chat.completions.create(request);
    const stream = await client.chat.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
    const parts = [];
    for await (const part of stream) parts.push(part);
    const words = parts.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    expect(words).toBe(whole.choices[0]?.message.content);
    expect(parts.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean)).toEqual(["length"]);
    expect(parts.at(-1)?.usage).toMatchObject({ completion_tokens: 12 });
  });

  test("gets tool calls and answers in a format", async () => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const tools = [{ type: "function" as const, function: { name: "weather", description: "Tells it", parameters } }];
    const asked = [{ role: "user" as const, content: "Use weather, please" }];
    const called = await client.chat.completions.create({ model: MODEL, messages: asked, tools });
    expect(called.choices[0]?.finish_reason).toBe("tool_calls");
    expect(called.choices[0]?.message.tool_calls?.[0]).toMatchObject({
      type: "function",
      function: { name: "weather" },
    });
    const schema = { type: "object", properties: { colour: { type: "string" } }, required: ["colour"] };
    const response_format = { type: "json_schema" as const, json_schema: { name: "answer", schema } };
    const formed = await client.chat.completions.create({ model: MODEL, messages, response_format });
    expect(JSON.parse(formed.choices[0]?.message.content ?? "")).toEqual({ colour: expect.any(String) });
  });

  test("aborts a stream, which ends the node's work", async () => {
    setFault(way, { kind: "hang", afterRecords: 2 });
    const before = way.ollamas.map(({ received }) => received.length);
    const stream = await client.chat.completions.create({ ...request, stream: true });
    let parts = 0;
    for await (const _part of stream) {
      parts += 1;
      stream.controller.abort();
    }
    expect(parts).toBeGreaterThan(0);
    const look = () =>
      way.ollamas.some(({ received }, at) =>
        received.slice(before[at]).some(({ closedByClientAt }) => closedByClientAt !== undefined),
      );
    await until({ what: "the node sees the end", look, withinMs: 2_000 });
    setFault(way, undefined);
    expect((await client.chat.completions.create(request)).choices).toHaveLength(1);
  });

  test("gets a NotFoundError for a model that nobody has", async () => {
    const asked = { ...request, model: "nobody:1b" };
    for (const call of [
      () => client.chat.completions.create(asked),
      () => client.chat.completions.create({ ...asked, stream: true }),
      () => client.models.retrieve("nobody:1b"),
    ]) {
      const error = await call().then(
        () => undefined,
        (cause: unknown) => cause,
      );
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({
        status: 404,
        message: "404 model 'nobody:1b' not found",
        type: "not_found_error",
        param: null,
      });
    }
  });

  test("gets a BadRequestError for a request that makes no sense", async () => {
    const error = await client.chat.completions.create({ model: MODEL, messages: [] }).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({ status: 400, type: "invalid_request_error" });
  });

  test("gets an InternalServerError when every runner dies before its answer", async () => {
    setFault(way, { kind: "http-500" });
    const error = await client.chat.completions.create(request).catch((cause: unknown) => cause);
    setFault(way, undefined);
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({
      status: 500,
      message: expect.stringContaining("model runner has unexpectedly stopped"),
    });
  });
});

describe("the official openai client, where a node alone would say nothing", () => {
  const cleanup = createCleanup();
  let way: Way;
  let client: OpenAI;
  beforeAll(async () => {
    way = await throughFleet(cleanup);
    client = new OpenAI({ baseURL: `${way.url}/v1`, apiKey: "not-used", maxRetries: 0 });
  });
  afterAll(() => cleanup.run());

  test("is told when a node is cut off, or its runner dies, in the middle of a stream", async () => {
    for (const fault of [
      { kind: "cut-mid-stream", afterRecords: 2 },
      { kind: "error-record-mid-stream", afterRecords: 2 },
    ] as const) {
      setFault(way, fault);
      const stream = await client.chat.completions.create({ ...request, stream: true });
      const read = (async () => {
        for await (const part of stream) expect(part.choices[0]?.finish_reason).toBeFalsy();
      })();
      await expect(read).rejects.toBeInstanceOf(APIError);
      await expect(read).rejects.toThrow(/ended before it was complete/);
      setFault(way, undefined);
    }
  });

  test("keeps its request id", async () => {
    const call = client.chat.completions.create(request, { headers: { "X-Request-Id": "my-own.id_1" } });
    const { request_id, response } = await call.withResponse();
    expect([request_id, response.headers.get("x-fleet-served-model")]).toEqual(["my-own.id_1", MODEL]);
  });
});
