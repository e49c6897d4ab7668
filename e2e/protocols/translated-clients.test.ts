// The official clients through a router whose nodes lack the API that they speak: what they say is translated.
import Anthropic, * as anthropicPackage from "@anthropic-ai/sdk";
import { type AbortableAsyncIterator, type ChatResponse, Ollama } from "ollama";
import OpenAI, * as openaiPackage from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Cleanup, createCleanup } from "../support/cleanup.ts";
import {
  ALL_MODELS,
  EMBEDDER,
  EYES,
  expectWorkEnds,
  MODEL,
  newestBody,
  THINKER,
  throughOllamas,
  throughOpenAiServers,
  type Way,
  withFault,
} from "../support/clients/both-ways.ts";
import {
  colourSchema,
  errorOf,
  gather,
  PIXEL,
  TOOL_QUESTION,
  toneWav,
  weatherParameters,
  weatherTool,
} from "../support/clients/samples.ts";

const question = { role: "user" as const, content: "Why is the sky blue?" };
const asked = { role: "user" as const, content: TOOL_QUESTION };
const Colour = z.object({ colour: z.string() });
const inBlocks = [{ name: "weather", description: "Tells it", input_schema: weatherParameters }];

/** What a call gives, or what it throws. */
const errorOr = async (call: PromiseLike<unknown>): Promise<unknown> => {
  try {
    return await call;
  } catch (error) {
    return error;
  }
};

/** Reads until the first word. */
async function leave(stream: AbortableAsyncIterator<ChatResponse>): Promise<void> {
  for await (const part of stream) if (part.message.content !== "") stream.abort();
}

/** What nodes can do of themselves. */
interface Nodes {
  readonly title: string;
  readonly open: (cleanup: Cleanup) => Promise<Way>;
  /** Routes that they are called on. */
  readonly called: RegExp;
  /** Whether they keep to a schema. */
  readonly knowsSchemas: boolean;
  /** Whether thoughts stand apart from the text. */
  readonly knowsThoughts: boolean;
  /** Whether one request can embed several texts. */
  readonly embedsSeveral: boolean;
  /** Whether they take speech, which nothing can be translated into. */
  readonly hears: boolean;
}

const allNodes: readonly Nodes[] = [
  {
    title: "Ollama 0.12.0",
    open: (cleanup) => throughOllamas(cleanup, "0.12.0"),
    called:
      /^\/(api\/(chat|generate|embed|embeddings)|v1\/(chat\/completions|completions|embeddings|audio\/transcriptions))$/,
    knowsSchemas: true,
    knowsThoughts: true,
    embedsSeveral: true,
    hears: false,
  },
  {
    title: "Ollama 0.1.48",
    open: (cleanup) => throughOllamas(cleanup, "0.1.48"),
    called: /^\/(api\/(chat|generate|embeddings)|v1\/(chat\/completions|audio\/transcriptions))$/,
    knowsSchemas: false,
    knowsThoughts: false,
    embedsSeveral: false,
    hears: false,
  },
  {
    title: "servers with OpenAI's API alone",
    open: throughOpenAiServers,
    called: /^\/v1\/(chat\/completions|completions|embeddings|audio\/transcriptions)$/,
    knowsSchemas: true,
    knowsThoughts: true,
    embedsSeveral: true,
    hears: true,
  },
];

describe.each(allNodes)("on nodes with $title", ({ open, called, ...nodes }) => {
  const { knowsSchemas, knowsThoughts, embedsSeveral, hears } = nodes;
  const cleanup = createCleanup();
  let way: Way;
  beforeAll(async () => {
    way = await open(cleanup);
  });
  afterAll(async () => {
    await cleanup.run();
    const posts = way.ollamas.flatMap(({ received }) => received.filter(({ method }) => method === "POST"));
    const strange = posts.map(({ path }) => path).filter((path) => path !== "/api/show" && !called.test(path));
    expect(strange).toEqual([]);
  });

  describe("the official openai client", () => {
    let client: OpenAI;
    beforeAll(() => {
      client = new OpenAI({ baseURL: `${way.url}/v1`, apiKey: "not-used", maxRetries: 0 });
    });
    const request = { model: MODEL, messages: [question], max_tokens: 12, seed: 1, temperature: 0 };

    test("lists models, and shows one", async () => {
      const models = await gather(client.models.list());
      expect(models.map(({ id }) => id).toSorted()).toEqual(ALL_MODELS.toSorted());
      expect(await client.models.retrieve(MODEL)).toMatchObject({ id: MODEL, object: "model" });
    });

    test("chats, with usage", async () => {
      const whole = await client.chat.completions.create(request);
      expect(whole).toMatchObject({ model: MODEL, usage: { completion_tokens: 12 } });
      expect(whole.choices[0]?.finish_reason).toBe("length");
      const ask = { ...request, stream: true as const, stream_options: { include_usage: true } };
      const parts = await gather(await client.chat.completions.create(ask));
      expect(parts.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(
        whole.choices[0]?.message.content,
      );
      expect(parts.at(-1)?.usage).toMatchObject({ completion_tokens: 12 });
    });

    test("calls a tool and is given its result", async () => {
      const ask = { model: MODEL, messages: [asked], tools: [weatherTool] };
      const whole = await client.chat.completions.create(ask);
      const streamed = await client.chat.completions.stream(ask).finalChatCompletion();
      for (const { choices } of [whole, streamed]) {
        expect(choices[0]?.finish_reason).toBe("tool_calls");
        expect(choices[0]?.message.tool_calls).toMatchObject([{ function: { name: "weather" } }]);
      }
      const turn = whole.choices[0]?.message as OpenAI.ChatCompletionMessage;
      const result = { role: "tool" as const, tool_call_id: turn.tool_calls?.[0]?.id ?? "", content: "22 degrees" };
      const answer = await client.chat.completions.create({ ...request, messages: [asked, turn, result] });
      expect(answer.choices[0]?.message.content?.length).toBeGreaterThan(0);
      expect(newestBody(way)).toContain("22 degrees");
    });

    test("completes a text", async () => {
      const ask = { model: MODEL, prompt: "The sky is", max_tokens: 12, seed: 1, temperature: 0 };
      const whole = await client.completions.create(ask);
      expect(whole).toMatchObject({
        object: "text_completion",
        model: MODEL,
        choices: [{ finish_reason: "length" }],
        usage: { completion_tokens: 12 },
      });
      const parts = await gather(await client.completions.create({ ...ask, stream: true }));
      expect(parts.map(({ choices }) => choices[0]?.text ?? "").join("")).toBe(whole.choices[0]?.text);
      expect(whole.choices[0]?.text.length).toBeGreaterThan(0);
    });

    test("gets responses, with usage and tools", async () => {
      const ask = { model: MODEL, input: "Why is the sky blue?", max_output_tokens: 12, temperature: 0 };
      const whole = await client.responses.create({ ...ask, instructions: "Be short." });
      expect(whole).toMatchObject({ object: "response", model: MODEL, usage: { output_tokens: 12 } });
      expect(whole.usage?.input_tokens).toBeGreaterThan(0);
      expect(newestBody(way)).toContain("Be short.");
      const events = await gather(await client.responses.create({ ...ask, stream: true }));
      expect(events[0]?.type).toBe("response.created");
      const words = events.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
      expect((await client.responses.stream(ask).finalResponse()).output_text).toBe(words);
      const tool = { type: "function" as const, name: "weather", parameters: weatherParameters, strict: null };
      for (const response of [
        await client.responses.create({ model: MODEL, input: TOOL_QUESTION, tools: [tool] }),
        await client.responses.stream({ model: MODEL, input: TOOL_QUESTION, tools: [tool] }).finalResponse(),
      ]) {
        const calls = (response.output as OpenAI.Responses.ResponseOutputItem[]).filter(
          (item) => item.type === "function_call",
        );
        expect(calls).toMatchObject([{ name: "weather" }]);
        expect(JSON.parse(calls[0]?.arguments ?? "")).toEqual({ city: "sea" });
      }
    });

    test("answers in a format, or is told that the node knows none", async () => {
      const text = { format: zodTextFormat(Colour, "colour") };
      const response = errorOr(client.responses.parse({ model: MODEL, input: "A colour?", text }));
      if (!knowsSchemas) return expect(await response).toBeInstanceOf(openaiPackage.BadRequestError);
      expect(await response).toMatchObject({ output_parsed: { colour: expect.any(String) } });
      const chat = await client.chat.completions.parse({
        ...{ model: MODEL, messages: [question] },
        response_format: zodResponseFormat(Colour, "colour"),
      });
      expect(chat.choices[0]?.message.parsed).toEqual({ colour: expect.any(String) });
    });

    test("shows a picture", async () => {
      const content = [
        { type: "text" as const, text: "What is this?" },
        { type: "image_url" as const, image_url: { url: `data:image/png;base64,${PIXEL}` } },
      ];
      await client.chat.completions.create({ ...request, model: EYES, messages: [{ role: "user", content }] });
      expect(newestBody(way)).toContain(PIXEL);
    });

    test("embeds, in numbers and in base64", async () => {
      const ask = { model: EMBEDDER, input: "sea" };
      const numbers = await client.embeddings.create({ ...ask, encoding_format: "float" });
      const decoded = await client.embeddings.create(ask);
      expect(numbers.data.map(({ embedding }) => embedding.length)).toEqual([384]);
      expect(decoded.data[0]?.embedding[7]).toBeCloseTo(numbers.data[0]?.embedding[7] ?? 9, 6);
      const several = await errorOr(client.embeddings.create({ model: EMBEDDER, input: ["sea", "sky"] }));
      if (embedsSeveral) expect(several).toMatchObject({ data: [{ index: 0 }, { index: 1 }] });
      else expect(several).toBeInstanceOf(openaiPackage.BadRequestError);
    });

    test("has speech written down, or is told that no node can", async () => {
      const file = await openaiPackage.toFile(toneWav(), "tone.wav");
      const call = errorOr(client.audio.transcriptions.create({ model: MODEL, file, response_format: "text" }));
      if (hears) expect(await call).toMatch(/./);
      // In the words of a node: nothing can be said in speech's place.
      else expect(await call).toBeInstanceOf(openaiPackage.NotFoundError);
    });

    test("aborts, and hears of errors", async () => {
      await expectWorkEnds(way, async () => {
        const stream = await client.responses.create({ model: MODEL, input: "Hi", stream: true });
        for await (const event of stream) if (event.type === "response.output_text.delta") stream.controller.abort();
      });
      const unknown = await errorOf(client.responses.create({ model: "nobody:1b", input: "Hi" }));
      expect(unknown).toBeInstanceOf(openaiPackage.NotFoundError);
      const bad = await errorOf(client.responses.create({ model: MODEL, input: 5 as never }));
      expect(bad).toBeInstanceOf(openaiPackage.BadRequestError);
      await withFault(way, { kind: "cut-mid-stream", afterRecords: 2 }, async () => {
        const read = client.chat.completions.create({ ...request, stream: true }).then(gather);
        expect(await errorOf(read)).toBeInstanceOf(openaiPackage.APIError);
      });
    });
  });

  describe("the official anthropic client", () => {
    let client: Anthropic;
    beforeAll(() => {
      client = new Anthropic({ baseURL: way.url, apiKey: "not-used", maxRetries: 0 });
    });
    const request = { model: MODEL, max_tokens: 12, temperature: 0, messages: [question] };
    const textOf = (content: readonly Anthropic.ContentBlock[]): string =>
      content.map((block) => (block.type === "text" ? block.text : "")).join("");

    test("gets messages, with usage", async () => {
      const whole = await client.messages.create({ ...request, system: [{ type: "text", text: "Be short." }] });
      expect(whole).toMatchObject({
        ...{ type: "message", role: "assistant", model: MODEL, stop_reason: "max_tokens" },
        usage: { output_tokens: 12 },
      });
      expect(whole.usage.input_tokens).toBeGreaterThan(0);
      expect(newestBody(way)).toContain("Be short.");
      const stream = client.messages.stream(request);
      const words = (await gather(stream)).map((event) =>
        event.type === "content_block_delta" && event.delta.type === "text_delta" ? event.delta.text : "",
      );
      const last = await stream.finalMessage();
      expect(words.join("").length).toBeGreaterThan(0);
      expect(textOf(last.content)).toBe(words.join(""));
      expect(last).toMatchObject({ stop_reason: "max_tokens", usage: { output_tokens: 12 } });
    });

    test("calls a tool and is given its result", async () => {
      const ask = { ...request, max_tokens: 200, messages: [asked], tools: inBlocks };
      const whole = await client.messages.create(ask);
      const streamed = await client.messages.stream(ask).finalMessage();
      for (const { stop_reason, content } of [whole, streamed]) {
        expect(stop_reason).toBe("tool_use");
        expect(content.filter(({ type }) => type === "tool_use")).toMatchObject([
          { name: "weather", input: { city: "sea" } },
        ]);
      }
      const call = whole.content.find((block) => block.type === "tool_use");
      const result = { type: "tool_result" as const, tool_use_id: call?.id ?? "", content: "22 degrees" };
      const answer = await client.messages.create({
        ...{ ...request, tools: inBlocks },
        messages: [asked, { role: "assistant", content: whole.content }, { role: "user", content: [result] }],
      });
      expect(textOf(answer.content).length).toBeGreaterThan(0);
      expect(newestBody(way)).toContain("22 degrees");
    });

    test("shows a picture", async () => {
      const source = { type: "base64" as const, media_type: "image/png" as const, data: PIXEL };
      const content = [{ type: "image" as const, source }];
      await client.messages.create({ ...request, model: EYES, messages: [{ role: "user", content }] });
      expect(newestBody(way)).toContain(PIXEL);
    });

    test("has its own names served", async () => {
      const answer = await client.messages.create({ ...request, model: "claude-sonnet-4-6", tools: inBlocks });
      expect(textOf(answer.content).length).toBeGreaterThan(0);
    });

    test("sees thoughts", async () => {
      const ask = {
        ...{ ...request, model: THINKER, max_tokens: 40 },
        thinking: { type: "enabled" as const, budget_tokens: 1024 },
      };
      // The older ones leave thoughts in the text.
      const kinds = knowsThoughts ? ["thinking", "text"] : ["text"];
      expect((await client.messages.create(ask)).content.map(({ type }) => type)).toEqual(kinds);
      const streamed = await client.messages.stream(ask).finalMessage();
      expect(streamed.content.map(({ type }) => type)).toEqual(kinds);
    });

    test("aborts, and hears of errors", async () => {
      await expectWorkEnds(way, async () => {
        const stream = await client.messages.create({ ...request, stream: true });
        for await (const event of stream) if (event.type === "content_block_delta") stream.controller.abort();
      });
      const unknown = await errorOf(client.messages.create({ ...request, model: "nobody:1b" }));
      expect(unknown).toBeInstanceOf(anthropicPackage.NotFoundError);
      const bad = await errorOf(client.messages.create({ ...request, messages: [] }));
      expect(bad).toBeInstanceOf(anthropicPackage.BadRequestError);
      await withFault(way, { kind: "cut-mid-stream", afterRecords: 2 }, async () => {
        const read = client.messages.create({ ...request, stream: true }).then(gather);
        expect(await errorOf(read)).toBeInstanceOf(anthropicPackage.APIError);
      });
    });
  });

  describe("the official ollama client", () => {
    let client: Ollama;
    beforeAll(() => {
      client = new Ollama({ host: way.url });
    });
    const options = { num_predict: 12, seed: 1, temperature: 0 };

    test("lists models, shows one and tells what is loaded", async () => {
      const { models } = await client.list();
      expect(models.map(({ name }) => name).toSorted()).toEqual(ALL_MODELS.toSorted());
      expect((await client.show({ model: MODEL })).details).toBeTypeOf("object");
      expect((await client.ps()).models.map(({ name }) => name)).toEqual(expect.arrayContaining([MODEL]));
      expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+/);
    });

    test("chats, with counts", async () => {
      const whole = await client.chat({ model: MODEL, messages: [question], options });
      expect(whole).toMatchObject({ model: MODEL, done: true, done_reason: "length", eval_count: 12 });
      expect(whole.prompt_eval_count).toBeGreaterThan(0);
      const parts = await gather(await client.chat({ model: MODEL, messages: [question], options, stream: true }));
      expect(parts.map(({ message }) => message.content).join("")).toBe(whole.message.content);
      expect(parts.at(-1)).toMatchObject({ done: true, eval_count: 12 });
    });

    test("generates", async () => {
      const whole = await client.generate({ model: MODEL, prompt: "Hi", system: "Be short.", options });
      expect(whole).toMatchObject({ done: true, response: expect.stringMatching(/./) });
      expect(newestBody(way)).toContain("Be short.");
      const parts = await gather(
        await client.generate({ model: MODEL, prompt: "Hi", system: "Be short.", options, stream: true }),
      );
      expect(parts.map(({ response }) => response).join("")).toBe(whole.response);
    });

    test("calls a tool and is given its result", async () => {
      const called = await client.chat({ model: MODEL, messages: [asked], tools: [weatherTool] });
      const parts = await gather(
        await client.chat({ model: MODEL, messages: [asked], tools: [weatherTool], stream: true }),
      );
      for (const calls of [called.message.tool_calls, parts.flatMap(({ message }) => message.tool_calls ?? [])]) {
        expect(calls).toMatchObject([{ function: { name: "weather", arguments: { city: "sea" } } }]);
      }
      const result = { role: "tool", tool_name: "weather", content: "22 degrees" };
      const answer = await client.chat({ model: MODEL, messages: [asked, called.message, result], options });
      expect(answer.message.content.length).toBeGreaterThan(0);
      expect(newestBody(way)).toContain("22 degrees");
    });

    test("answers in a format, or is told that the node knows none", async () => {
      const formed = client.chat({ model: MODEL, messages: [question], format: colourSchema });
      if (knowsSchemas) expect(JSON.parse((await formed).message.content)).toEqual({ colour: expect.any(String) });
      else await expect(formed).rejects.toMatchObject({ status_code: 400 });
    });

    test("shows a picture", async () => {
      const seen = { role: "user", content: "What is this?", images: [PIXEL] };
      await client.chat({ model: EYES, messages: [seen], options });
      expect(newestBody(way)).toContain(PIXEL);
    });

    test("sees thoughts", async () => {
      // A node that knows no thoughts of their own leaves them in the text.
      const think = knowsThoughts ? { think: true } : {};
      const { message } = await client.chat({ model: THINKER, messages: [question], ...think });
      if (knowsThoughts) expect(message.thinking?.length).toBeGreaterThan(0);
      else expect(message.content).toContain("<think>");
    });

    test("loads and unloads a model", async () => {
      const loaded = await client.generate({ model: MODEL, prompt: "" });
      expect(loaded).toMatchObject({ done: true, response: "" });
      const unloaded = await client.generate({ model: MODEL, prompt: "", keep_alive: 0 });
      expect(unloaded).toMatchObject({ done: true, response: "" });
      expect((await client.chat({ model: MODEL, messages: [question], options })).done).toBe(true);
    });

    test("embeds", async () => {
      const { embeddings } = await client.embed({ model: EMBEDDER, input: "sea" });
      expect(embeddings.map(({ length }) => length)).toEqual([384]);
      expect((await client.embeddings({ model: EMBEDDER, prompt: "sea" })).embedding).toHaveLength(384);
      const several = await errorOr(client.embed({ model: EMBEDDER, input: ["sea", "sky"] }));
      if (embedsSeveral) expect(several).toMatchObject({ embeddings: [expect.any(Array), expect.any(Array)] });
      else expect(several).toMatchObject({ name: "ResponseError", status_code: 400 });
    });

    test("aborts, and hears of errors", async () => {
      await expectWorkEnds(way, async () => {
        const stream = await client.chat({ model: MODEL, messages: [question], stream: true });
        await expect(leave(stream)).rejects.toMatchObject({ name: "AbortError" });
      });
      const unknown = client.chat({ model: "nobody:1b", messages: [question] });
      await expect(unknown).rejects.toMatchObject({ status_code: 404, message: "model 'nobody:1b' not found" });
      await withFault(way, { kind: "cut-mid-stream", afterRecords: 2 }, async () => {
        const read = client.chat({ model: MODEL, messages: [question], stream: true }).then(gather);
        await expect(read).rejects.toThrow(/ended before it was complete/);
      });
    });
  });
});
