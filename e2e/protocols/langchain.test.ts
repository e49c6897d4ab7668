import { type AIMessageChunk, HumanMessage, SystemMessage, type ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOllama, OllamaEmbeddings } from "@langchain/ollama";
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
  THINKER,
  type Way,
  withFault,
} from "../support/clients/both-ways.ts";
import { errorOf, gather, PIXEL, TOOL_QUESTION } from "../support/clients/samples.ts";

const question = "Why is the sky blue?";

describe.each(bothWays)("LangChain's ollama package %s", (_title, open) => {
  const cleanup = createCleanup();
  let way: Way;
  const chatWith = (model: string, more: object = {}): ChatOllama =>
    new ChatOllama({ baseUrl: way.url, model, numPredict: 12, seed: 1, temperature: 0, maxRetries: 0, ...more });
  beforeAll(async () => {
    way = await open(cleanup);
  });
  afterAll(() => cleanup.run());

  test("chats, whole and in a stream, with the same words", async () => {
    const whole = await chatWith(MODEL).invoke([new SystemMessage("Be short."), new HumanMessage(question)]);
    expect(whole.usage_metadata).toMatchObject({ output_tokens: 12 });
    expect(whole.response_metadata).toMatchObject({ model: MODEL, done_reason: "length" });
    const parts = await gather(await chatWith(MODEL).stream([new SystemMessage("Be short."), question]));
    expect(parts.map(({ text }) => text).join("")).toBe(whole.text);
    expect(whole.text.length).toBeGreaterThan(0);
    const joined = parts.reduce((sum: AIMessageChunk, part: AIMessageChunk) => sum.concat(part));
    expect(joined.usage_metadata).toMatchObject({ output_tokens: 12 });
  });

  test("chats several at once", async () => {
    const answers = await chatWith(MODEL).batch(["one", "two", "three", "four"]);
    for (const { text } of answers) expect(text.length).toBeGreaterThan(0);
    expect(answers).toHaveLength(4);
  });

  test("calls a tool and is given its result", async () => {
    const weather = tool(({ city }: { city: string }) => `22 degrees at ${city}`, {
      name: "weather",
      description: "Tells it",
      schema: z.object({ city: z.string() }),
    });
    const bound = chatWith(MODEL, { numPredict: 200 }).bindTools([weather]);
    const whole = await bound.invoke(TOOL_QUESTION);
    expect(whole.tool_calls).toMatchObject([{ name: "weather", args: { city: "sea" } }]);
    const parts = await gather(await bound.stream(TOOL_QUESTION));
    const calls = parts.flatMap(({ tool_calls }) => tool_calls ?? []);
    expect(calls).toMatchObject([{ name: "weather", args: { city: "sea" } }]);
    const [call] = whole.tool_calls ?? [];
    const result = (await weather.invoke({ ...call, type: "tool_call" } as never)) as ToolMessage;
    const answer = await bound.invoke([new HumanMessage(TOOL_QUESTION), whole, result]);
    expect(answer.text.length).toBeGreaterThan(0);
    expect(newestBody(way, "/api/chat")).toContain("22 degrees at sea");
  });

  test("answers in a structure", async () => {
    const schema = z.object({ colour: z.string() });
    const formed = chatWith(MODEL, { numPredict: 200 }).withStructuredOutput(schema, { method: "jsonSchema" });
    expect(await formed.invoke(question)).toEqual({ colour: expect.any(String) });
  });

  test("shows a picture", async () => {
    const content = [
      { type: "text", text: "What is this?" },
      { type: "image_url", image_url: `data:image/png;base64,${PIXEL}` },
    ];
    expect((await chatWith(EYES).invoke([new HumanMessage({ content })])).text.length).toBeGreaterThan(0);
    expect(newestBody(way, "/api/chat")).toContain(PIXEL);
  });

  test("sees thoughts beside the answer", async () => {
    const { additional_kwargs: beside } = await chatWith(THINKER, { think: true }).invoke(question);
    expect(beside["reasoning_content"]).toMatch(/./);
  });

  test("embeds a question and documents", async () => {
    const embeddings = new OllamaEmbeddings({ baseUrl: way.url, model: EMBEDDER, maxRetries: 0 });
    const vector = await embeddings.embedQuery("sea");
    const vectors = await embeddings.embedDocuments(["sea", "sky"]);
    expect([vector.length, vectors.length]).toEqual([384, 2]);
    expect(vectors[0]).toEqual(vector);
  });

  test("aborts a stream, which ends the node's work", async () => {
    await expectWorkEnds(way, async () => {
      const leaving = new AbortController();
      const read = (async () => {
        for await (const _part of await chatWith(MODEL).stream(question, { signal: leaving.signal })) leaving.abort();
      })();
      await expect(read).rejects.toThrow(/abort/i);
    });
  });

  test("is told of a model that nobody has, of bad input, and of a runner that dies", async () => {
    expect(String(await errorOf(chatWith("nobody:1b").invoke(question)))).toContain("model 'nobody:1b' not found");
    expect(String(await errorOf(chatWith(EMBEDDER).invoke(question)))).toContain("does not support chat");
    await withFault(way, { kind: "error-record-mid-stream", afterRecords: 2 }, async () => {
      const read = chatWith(MODEL).stream(question).then(gather);
      await expect(read).rejects.toThrow(/an error was encountered while running the model/);
    });
  });
});
