import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  type APICallError,
  type EmbeddingModel,
  embed,
  embedMany,
  generateObject,
  generateText,
  isStepCount,
  type LanguageModel,
  Output,
  streamText,
  tool,
} from "ai";
import { createOllama as createAiSdkOllama } from "ai-sdk-ollama";
import { createOllama as createProviderV2 } from "ollama-ai-provider-v2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { createCleanup } from "../support/cleanup.ts";
import {
  bothWays,
  EMBEDDER,
  EYES,
  expectWorkEnds,
  MODEL,
  newestBody,
  type Way,
  withFault,
} from "../support/clients/both-ways.ts";
import { errorOf, PIXEL, TOOL_QUESTION } from "../support/clients/samples.ts";

/** A provider of the AI SDK. */
interface Provider {
  readonly chat: (model: string) => LanguageModel;
  readonly embedding: (model: string) => EmbeddingModel;
}

const providers: readonly (readonly [string, (url: string) => Provider])[] = [
  [
    "ai-sdk-ollama",
    (baseURL) => {
      const ollama = createAiSdkOllama({ baseURL });
      return { chat: (model) => ollama(model), embedding: (model) => ollama.embedding(model) };
    },
  ],
  [
    "ollama-ai-provider-v2",
    (url) => {
      const ollama = createProviderV2({ baseURL: `${url}/api` });
      return { chat: (model) => ollama(model), embedding: (model) => ollama.textEmbeddingModel(model) };
    },
  ],
  [
    "@ai-sdk/openai-compatible",
    (url) => {
      const openai = createOpenAICompatible({
        name: "herd",
        baseURL: `${url}/v1`,
        includeUsage: true,
        supportsStructuredOutputs: true,
      });
      return { chat: (model) => openai(model), embedding: (model) => openai.textEmbeddingModel(model) };
    },
  ],
];

// The second one says with each call that it takes no seed but in its own options.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

/** What an error says, and what it keeps of the answer. */
async function toldBy(call: PromiseLike<unknown>): Promise<string> {
  const error = await errorOf(call);
  expect(error).toBeInstanceOf(Error);
  return `${error} ${"responseBody" in (error as Error) ? String((error as APICallError).responseBody) : ""}`;
}

describe.each(bothWays)("the AI SDK %s", (_title, open) => {
  const cleanup = createCleanup();
  let way: Way;
  beforeAll(async () => {
    way = await open(cleanup);
  });
  afterAll(() => cleanup.run());

  describe.each(providers)("with %s", (name, providerAt) => {
    // Straight to a node too, the first reads on until the next record comes, and the second cannot read the form in
    // which the SDK hands pictures over: such a test does not exist for them.
    const testUnless = (unable: string) => (name === unable ? () => undefined : test);
    const ask = (model = MODEL) => ({
      ...{ model: providerAt(way.url).chat(model), prompt: "Why is the sky blue?" },
      ...{ maxOutputTokens: 12, temperature: 0, seed: 1, maxRetries: 0 },
      // The second one knows no limit but this.
      providerOptions: { ollama: { options: { num_predict: 12, temperature: 0, seed: 1 } } },
    });

    test("chats, whole and in a stream, with the same words", async () => {
      const whole = await generateText({ ...ask(), instructions: "Be short." });
      expect([whole.finishReason, whole.usage.outputTokens]).toEqual(["length", 12]);
      expect(newestBody(way)).toContain("Be short.");
      const stream = streamText({ ...ask(), instructions: "Be short." });
      expect(await stream.text).toBe(whole.text);
      expect([await stream.finishReason, (await stream.usage).outputTokens]).toEqual(["length", 12]);
      expect(whole.text.length).toBeGreaterThan(0);
    });

    test("calls a tool and is given its result, whole and in a stream", async () => {
      const weather = tool({
        description: "Tells it",
        inputSchema: z.object({ city: z.string() }),
        execute: ({ city }) => `22 degrees at ${city}`,
      });
      const order = {
        ...{ ...ask(), prompt: TOOL_QUESTION, maxOutputTokens: 200, providerOptions: {} },
        ...{ tools: { weather }, stopWhen: isStepCount(2) },
      };
      const whole = await generateText(order);
      const stream = streamText(order);
      for (const steps of [whole.steps, await stream.steps]) {
        expect(steps[0]?.toolCalls).toMatchObject([{ toolName: "weather", input: { city: "sea" } }]);
        expect(steps[1]?.text.length).toBeGreaterThan(0);
      }
      expect(newestBody(way)).toContain("22 degrees at sea");
    });

    test("answers in a structure", async () => {
      const schema = z.object({ colour: z.string() });
      const { output } = await generateText({
        ...ask(),
        maxOutputTokens: 200,
        providerOptions: {},
        output: Output.object({ schema }),
      });
      expect(output).toEqual({ colour: expect.any(String) });
      const { object } = await generateObject({ ...ask(), maxOutputTokens: 200, providerOptions: {}, schema });
      expect(object).toEqual({ colour: expect.any(String) });
    });

    testUnless("ollama-ai-provider-v2")("shows a picture", async () => {
      const { prompt: _prompt, ...order } = ask(EYES);
      const content = [
        { type: "text" as const, text: "What is this?" },
        { type: "file" as const, data: Buffer.from(PIXEL, "base64"), mediaType: "image/png" },
      ];
      const { text } = await generateText({ ...order, messages: [{ role: "user", content }] });
      expect(text.length).toBeGreaterThan(0);
      expect(newestBody(way)).toContain(PIXEL);
    });

    test("embeds several texts", async () => {
      const model = providerAt(way.url).embedding(EMBEDDER);
      const { embeddings } = await embedMany({ model, values: ["sea", "sky", "sea"], maxRetries: 0 });
      expect(embeddings.map(({ length }) => length)).toEqual([384, 384, 384]);
      expect(embeddings[2]).toEqual(embeddings[0]);
      expect((await embed({ model, value: "sea", maxRetries: 0 })).embedding).toEqual(embeddings[0]);
    });

    testUnless("ai-sdk-ollama")("aborts a stream, which ends the node's work", async () => {
      await expectWorkEnds(way, async () => {
        const leaving = new AbortController();
        const { textStream } = streamText({ ...ask(), abortSignal: leaving.signal, onError: () => undefined });
        for await (const _part of textStream) leaving.abort();
      });
    });

    test("is told of a model that nobody has, and of a runner that dies", async () => {
      expect(await toldBy(generateText(ask("nobody:1b")))).toContain("model 'nobody:1b' not found");
      const told = await withFault(way, { kind: "http-500" }, () => toldBy(generateText(ask())));
      expect(told).toContain("model runner has unexpectedly stopped");
    });
  });
});
