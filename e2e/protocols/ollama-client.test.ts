import { type ChatResponse, Ollama } from "ollama";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import { MODEL, setFault, straight, throughFleet, type Way } from "../support/clients/both-ways.ts";
import { until } from "../support/until.ts";

const messages = [{ role: "user", content: "Why is the sky blue?" }];
const options = { num_predict: 12, seed: 1, temperature: 0 };

describe.each([
  ["through a router", throughFleet],
  ["straight to a node", straight],
])("the official ollama client %s", (_title, open) => {
  const cleanup = createCleanup();
  let way: Way;
  let client: Ollama;
  beforeAll(async () => {
    way = await open(cleanup);
    client = new Ollama({ host: way.url });
  });
  afterAll(() => cleanup.run());

  test("lists models", async () => {
    const { models } = await client.list();
    expect(models).toHaveLength(1);
    expect(models[0]).toMatchObject({
      name: MODEL,
      model: MODEL,
      size: 2 * 2 ** 30,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      details: { format: "gguf", family: "llama", parameter_size: "3.2B", quantization_level: "Q4_K_M" },
    });
    expect(Number.isNaN(Date.parse(String(models[0]?.modified_at)))).toBe(false);
  });

  test("lists what is loaded, and the version", async () => {
    const { models } = await client.ps();
    expect(models.length).toBe(way.ollamas.length);
    expect(models[0]).toMatchObject({ name: MODEL, model: MODEL });
    expect(await client.version()).toMatchObject({ version: "0.24.0" });
  });

  test("shows a model", async () => {
    const shown = await client.show({ model: MODEL });
    expect(shown.capabilities).toEqual(["completion", "tools"]);
    expect(shown.details).toMatchObject({ family: "llama", parameter_size: "3.2B" });
  });

  test("chats in one piece", async () => {
    const answer = await client.chat({ model: MODEL, messages, options });
    expect(answer).toMatchObject({ model: MODEL, done: true, done_reason: "length", eval_count: 12 });
    expect(answer.message.role).toBe("assistant");
    expect(answer.message.content.length).toBeGreaterThan(0);
  });

  test("chats in a stream, with the same words", async () => {
    const whole = await client.chat({ model: MODEL, messages, options });
    const parts: ChatResponse[] = [];
    for await (const part of await client.chat({ model: MODEL, messages, options, stream: true })) parts.push(part);
    expect(parts.map(({ message }) => message.content).join("")).toBe(whole.message.content);
    expect(parts.filter(({ done }) => done)).toHaveLength(1);
    expect(parts.at(-1)).toMatchObject({ done: true, eval_count: 12 });
  });

  test("generates in a stream", async () => {
    const parts = [];
    for await (const part of await client.generate({ model: MODEL, prompt: "Hi", options, stream: true }))
      parts.push(part);
    expect(parts.map(({ response }) => response).join("").length).toBeGreaterThan(0);
    expect(parts.at(-1)).toMatchObject({ done: true, done_reason: "length" });
  });

  test("gets tool calls and answers in a format", async () => {
    const tools = [
      {
        type: "function",
        function: {
          name: "weather",
          description: "Tells it",
          parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
        },
      },
    ];
    const asked = [{ role: "user", content: "Use weather, please" }];
    const called = await client.chat({ model: MODEL, messages: asked, tools });
    expect(called.message.tool_calls?.[0]?.function.name).toBe("weather");
    const format = { type: "object", properties: { colour: { type: "string" } }, required: ["colour"] };
    const formed = await client.chat({ model: MODEL, messages, format });
    expect(JSON.parse(formed.message.content)).toEqual({ colour: expect.any(String) });
  });

  test("aborts a stream, which ends the node's work", async () => {
    setFault(way, { kind: "hang", afterRecords: 2 });
    const before = way.ollamas.map(({ received }) => received.length);
    const stream = await client.chat({ model: MODEL, messages, stream: true });
    const read = (async () => {
      for await (const part of stream) if (part.message.content !== "") stream.abort();
    })();
    await expect(read).rejects.toMatchObject({ name: "AbortError" });
    const look = () =>
      way.ollamas.some(({ received }, at) =>
        received.slice(before[at]).some(({ closedByClientAt }) => closedByClientAt !== undefined),
      );
    await until({ what: "the node sees the end", look, withinMs: 2_000 });
    setFault(way, undefined);
    expect((await client.chat({ model: MODEL, messages, options })).done).toBe(true);
  });

  test("gets a ResponseError with status 404 for a model that nobody has", async () => {
    const error = {
      name: "ResponseError",
      status_code: 404,
      message: "model 'nobody:1b' not found",
      error: "model 'nobody:1b' not found",
    };
    await expect(client.chat({ model: "nobody:1b", messages })).rejects.toMatchObject(error);
    await expect(client.chat({ model: "nobody:1b", messages, stream: true })).rejects.toMatchObject(error);
    await expect(client.generate({ model: "nobody:1b", prompt: "Hi" })).rejects.toMatchObject(error);
    await expect(client.show({ model: "nobody:1b" })).rejects.toMatchObject({ status_code: 404 });
  });

  test("gets a ResponseError with status 400 for a request that makes no sense", async () => {
    const odd = client.chat({ model: MODEL, messages: [{ role: "user", content: 5 as never }] });
    await expect(odd).rejects.toMatchObject({ name: "ResponseError", status_code: 400 });
  });

  test("hears of a runner that dies in the middle of a stream", async () => {
    setFault(way, { kind: "error-record-mid-stream", afterRecords: 2 });
    const stream = await client.chat({ model: MODEL, messages, stream: true });
    const read = (async () => {
      const parts: string[] = [];
      for await (const part of stream) parts.push(part.message.content);
      return parts;
    })();
    await expect(read).rejects.toThrow(/an error was encountered while running the model/);
    setFault(way, undefined);
  });
});

describe("the official ollama client, where a node alone would fail it", () => {
  const cleanup = createCleanup();
  let way: Way;
  let client: Ollama;
  beforeAll(async () => {
    way = await throughFleet(cleanup);
    client = new Ollama({ host: way.url });
  });
  afterAll(() => cleanup.run());

  test("is told when a node is cut off in the middle of a stream", async () => {
    setFault(way, { kind: "cut-mid-stream", afterRecords: 2 });
    const stream = await client.chat({ model: MODEL, messages, stream: true });
    const read = (async () => {
      for await (const part of stream) expect(part.done).toBe(false);
    })();
    await expect(read).rejects.toThrow(/ended before it was complete/);
    setFault(way, undefined);
  });

  test("does not notice that one node fails before its answer", async () => {
    way.ollamas[0]?.setFault({ kind: "http-500", times: 1 });
    way.ollamas[1]?.setFault(undefined);
    for (let round = 0; round < 3; round += 1) {
      expect((await client.chat({ model: MODEL, messages, options })).done).toBe(true);
    }
    setFault(way, undefined);
  });
});
