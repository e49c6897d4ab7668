import { Ollama } from "ollama";
import { describe, expect, test } from "vitest";
import {
  ALL_MODELS,
  bothWays,
  EMBEDDER,
  EYES,
  expectWorkEnds,
  MODEL,
  newestBody,
  opened,
  setFault,
  THINKER,
  throughFleet,
  type Way,
  withFault,
} from "../support/clients/both-ways.ts";
import { colourSchema, gather, PIXEL, TOOL_QUESTION, weatherTool } from "../support/clients/samples.ts";

const messages = [{ role: "user", content: "Why is the sky blue?" }];
const options = { num_predict: 12, seed: 1, temperature: 0 };

const clientOf = ({ url }: Way): Ollama => new Ollama({ host: url });

describe.each(bothWays)("the official ollama client %s", (_title, open) => {
  const at = opened(open, clientOf);

  test("lists models", async () => {
    const { models } = await at.client.list();
    expect(models.map(({ name }) => name).toSorted()).toEqual(ALL_MODELS.toSorted());
    expect(models.find(({ name }) => name === MODEL)).toMatchObject({
      model: MODEL,
      size: 2 * 2 ** 30,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      details: { format: "gguf", family: "llama", parameter_size: "3.2B", quantization_level: "Q4_K_M" },
    });
    for (const { modified_at } of models) expect(Number.isNaN(Date.parse(String(modified_at)))).toBe(false);
  });

  test("lists what is loaded, and the version", async () => {
    const { models } = await at.client.ps();
    expect(models.filter(({ name, model }) => name === MODEL && model === MODEL)).toHaveLength(at.way.ollamas.length);
    expect(await at.client.version()).toMatchObject({ version: "0.24.0" });
  });

  test("shows a model", async () => {
    const shown = await at.client.show({ model: MODEL });
    expect(shown.capabilities).toEqual(["completion", "tools"]);
    expect(shown.details).toMatchObject({ family: "llama", parameter_size: "3.2B" });
    expect(shown.model_info).toMatchObject({ "general.architecture": "llama", "llama.context_length": 8192 });
  });

  test("chats in one piece", async () => {
    const answer = await at.client.chat({ model: MODEL, messages, options });
    expect(answer).toMatchObject({ model: MODEL, done: true, done_reason: "length", eval_count: 12 });
    expect(answer.message.role).toBe("assistant");
    expect(answer.message.content.length).toBeGreaterThan(0);
  });

  test("chats in a stream, with the same words", async () => {
    const whole = await at.client.chat({ model: MODEL, messages, options });
    const parts = await gather(await at.client.chat({ model: MODEL, messages, options, stream: true }));
    expect(parts.map(({ message }) => message.content).join("")).toBe(whole.message.content);
    expect(parts.filter(({ done }) => done)).toHaveLength(1);
    expect(parts.at(-1)).toMatchObject({ done: true, eval_count: 12 });
  });

  test("generates, whole and in a stream", async () => {
    const whole = await at.client.generate({ model: MODEL, prompt: "Hi", options });
    const parts = await gather(await at.client.generate({ model: MODEL, prompt: "Hi", options, stream: true }));
    expect(parts.map(({ response }) => response).join("")).toBe(whole.response);
    expect(parts.at(-1)).toMatchObject({ done: true, done_reason: "length" });
    expect(whole.response?.length).toBeGreaterThan(0);
  });

  test("calls a tool and is given its result, whole and in a stream", async () => {
    const asked = { role: "user", content: TOOL_QUESTION };
    const called = await at.client.chat({ model: MODEL, messages: [asked], tools: [weatherTool] });
    const streamed = await gather(
      await at.client.chat({ model: MODEL, messages: [asked], tools: [weatherTool], stream: true }),
    );
    const calls = streamed.flatMap(({ message }) => message.tool_calls ?? []);
    for (const some of [calls, called.message.tool_calls]) {
      expect(some).toMatchObject([{ function: { name: "weather", arguments: { city: "sea" } } }]);
    }
    const result = { role: "tool", tool_name: "weather", content: "22 degrees" };
    const answer = await at.client.chat({ model: MODEL, messages: [asked, called.message, result], options });
    expect(answer.message.content.length).toBeGreaterThan(0);
    expect(newestBody(at.way, "/api/chat")).toContain("22 degrees");
  });

  test("answers in a format", async () => {
    const formed = await at.client.chat({ model: MODEL, messages, format: colourSchema });
    expect(JSON.parse(formed.message.content)).toEqual({ colour: expect.any(String) });
    const generated = await at.client.generate({ model: MODEL, prompt: "A colour?", format: colourSchema });
    expect(JSON.parse(generated.response ?? "")).toEqual({ colour: expect.any(String) });
  });

  test("shows a picture, in a chat and in a generation", async () => {
    const images = [Buffer.from(PIXEL, "base64")];
    const seen = [{ role: "user", content: "What is this?", images }];
    expect((await at.client.chat({ model: EYES, messages: seen, options })).message.content.length).toBeGreaterThan(0);
    expect(newestBody(at.way, "/api/chat")).toContain(PIXEL);
    const { response } = await at.client.generate({ model: EYES, prompt: "What is this?", images: [PIXEL], options });
    expect(response?.length).toBeGreaterThan(0);
    expect(newestBody(at.way, "/api/generate")).toContain(PIXEL);
  });

  test("sees thoughts in a field of their own, or none", async () => {
    const ask = { model: THINKER, messages, options };
    const thought = await at.client.chat({ ...ask, think: true });
    expect(thought.message.thinking?.length).toBeGreaterThan(0);
    const parts = await gather(await at.client.chat({ ...ask, think: true, stream: true }));
    expect(parts.map(({ message }) => message.thinking ?? "").join("")).toBe(thought.message.thinking);
    expect((await at.client.chat({ ...ask, think: false })).message.thinking).toBeUndefined();
  });

  test("embeds one text and several, also by the older call", async () => {
    const one = await at.client.embed({ model: EMBEDDER, input: "sea" });
    const two = await at.client.embed({ model: EMBEDDER, input: ["sea", "sky"] });
    expect([one.embeddings.length, two.embeddings.length]).toEqual([1, 2]);
    expect(two.embeddings[0]).toEqual(one.embeddings[0]);
    expect(one.embeddings[0]?.length).toBe(384);
    expect(one.prompt_eval_count).toBeGreaterThan(0);
    const short = await at.client.embed({ model: EMBEDDER, input: "sea", dimensions: 16 });
    expect(short.embeddings[0]).toHaveLength(16);
    expect((await at.client.embeddings({ model: EMBEDDER, prompt: "sea" })).embedding).toHaveLength(384);
  });

  test("aborts a stream, which ends the node's work", async () => {
    await expectWorkEnds(at.way, async () => {
      const stream = await at.client.chat({ model: MODEL, messages, stream: true });
      const read = (async () => {
        for await (const part of stream) if (part.message.content !== "") stream.abort();
      })();
      await expect(read).rejects.toMatchObject({ name: "AbortError" });
    });
    await expectWorkEnds(at.way, async () => {
      const leaving = new Ollama({ host: at.way.url });
      const stream = await leaving.generate({ model: MODEL, prompt: "Hi", stream: true });
      const read = (async () => {
        for await (const _part of stream) leaving.abort();
      })();
      await expect(read).rejects.toMatchObject({ name: "AbortError" });
    });
    expect((await at.client.chat({ model: MODEL, messages, options })).done).toBe(true);
  });

  test("gets a ResponseError with status 404 for a model that nobody has", async () => {
    const error = {
      name: "ResponseError",
      status_code: 404,
      message: "model 'nobody:1b' not found",
      error: "model 'nobody:1b' not found",
    };
    await expect(at.client.chat({ model: "nobody:1b", messages })).rejects.toMatchObject(error);
    await expect(at.client.chat({ model: "nobody:1b", messages, stream: true })).rejects.toMatchObject(error);
    await expect(at.client.generate({ model: "nobody:1b", prompt: "Hi" })).rejects.toMatchObject(error);
    await expect(at.client.show({ model: "nobody:1b" })).rejects.toMatchObject({ status_code: 404 });
    await expect(at.client.embed({ model: "nobody:1b", input: "Hi" })).rejects.toMatchObject({ status_code: 404 });
  });

  test("gets a ResponseError with status 400 for a request that makes no sense", async () => {
    for (const odd of [
      at.client.chat({ model: MODEL, messages: [{ role: "user", content: 5 as never }] }),
      at.client.chat({ model: EMBEDDER, messages }),
      at.client.chat({ model: MODEL, messages, think: true }),
    ])
      await expect(odd).rejects.toMatchObject({ name: "ResponseError", status_code: 400 });
  });

  test("hears of a runner that dies in the middle of a stream", async () => {
    await withFault(at.way, { kind: "error-record-mid-stream", afterRecords: 2 }, async () => {
      const read = gather(await at.client.chat({ model: MODEL, messages, stream: true }));
      await expect(read).rejects.toThrow(/an error was encountered while running the model/);
    });
  });
});

describe.each(bothWays)("the official ollama client, changing models %s", (_title, open) => {
  const at = opened(open, clientOf);

  const names = async (): Promise<readonly string[]> => (await at.client.list()).models.map(({ name }) => name);

  test("creates one from another, copies it and deletes both", async () => {
    const steps = await gather(await at.client.create({ model: "poet", from: MODEL, system: "Rhyme.", stream: true }));
    expect(steps.at(-1)).toMatchObject({ status: "success" });
    expect((await at.client.show({ model: "poet" })).system).toBe("Rhyme.");
    await at.client.copy({ source: "poet", destination: "bard" });
    expect(await names()).toEqual(expect.arrayContaining(["poet:latest", "bard:latest"]));
    const said = await at.client.chat({ model: "bard", messages, options });
    expect(said.message.content.length).toBeGreaterThan(0);
    for (const model of ["poet", "bard"])
      expect(await at.client.delete({ model })).toMatchObject({ status: "success" });
    expect(await names()).toHaveLength(ALL_MODELS.length);
    await expect(at.client.delete({ model: "poet" })).rejects.toMatchObject({ status_code: 404 });
  });

  test("pulls a model with its progress, and whole", async () => {
    const steps = await gather(await at.client.pull({ model: "llama3.2:1b", stream: true }));
    expect(steps[0]).toMatchObject({ status: "pulling manifest" });
    expect(steps.some(({ total, completed }) => total > 0 && completed === total)).toBe(true);
    expect(steps.at(-1)).toMatchObject({ status: "success" });
    expect(await names()).toContain("llama3.2:1b");
    expect(await at.client.pull({ model: "llama3.2:1b" })).toMatchObject({ status: "success" });
    await expect(at.client.pull({ model: "no-such-model:1b" })).rejects.toThrow(/file does not exist/);
  });

  test("pushes a model", async () => {
    await at.client.copy({ source: MODEL, destination: "somebody/poet" });
    const steps = await gather(await at.client.push({ model: "somebody/poet", stream: true }));
    expect(steps.at(-1)).toMatchObject({ status: "success" });
    expect(await at.client.push({ model: "somebody/poet" })).toMatchObject({ status: "success" });
  });
});

describe("the official ollama client, where a node alone would fail it", () => {
  const at = opened(throughFleet, clientOf);

  test("is told when a node is cut off in the middle of a stream", async () => {
    await withFault(at.way, { kind: "cut-mid-stream", afterRecords: 2 }, async () => {
      const stream = await at.client.chat({ model: MODEL, messages, stream: true });
      const read = (async () => {
        for await (const part of stream) expect(part.done).toBe(false);
      })();
      await expect(read).rejects.toThrow(/ended before it was complete/);
    });
  });

  test("does not notice that one node fails before its answer", async () => {
    at.way.ollamas[0]?.setFault({ kind: "http-500", times: 1 });
    at.way.ollamas[1]?.setFault(undefined);
    for (let round = 0; round < 3; round += 1) {
      expect((await at.client.chat({ model: MODEL, messages, options })).done).toBe(true);
    }
    setFault(at.way, undefined);
  });
});
