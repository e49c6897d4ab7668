// Nodes that speak different APIs have the same models: which of them answers makes no difference to a client.
import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import { ALL_MODELS, MODEL, setFault, throughMixedNodes, type Way } from "../support/clients/both-ways.ts";

const NODES = [0, 1, 2];
const question = { role: "user" as const, content: "Why is the sky blue?" };

describe("a fleet of an Ollama, an older one and a server with OpenAI's API", () => {
  const cleanup = createCleanup();
  let way: Way;
  let openai: OpenAI;
  let anthropic: Anthropic;
  let ollama: Ollama;
  beforeAll(async () => {
    way = await throughMixedNodes(cleanup);
    openai = new OpenAI({ baseURL: `${way.url}/v1`, apiKey: "not-used", maxRetries: 0 });
    anthropic = new Anthropic({ baseURL: way.url, apiKey: "not-used", maxRetries: 0 });
    ollama = new Ollama({ host: way.url });
  });
  afterAll(() => cleanup.run());

  const chat = { model: MODEL, messages: [question], max_tokens: 12, temperature: 0, seed: 1 };

  /** Twelve tokens of text in every dialect, whole and streamed. */
  const asks: Readonly<Record<string, () => Promise<{ readonly text: string; readonly tokens: unknown }>>> = {
    "a chat of OpenAI's": async () => {
      const { choices, usage } = await openai.chat.completions.create(chat);
      return { text: choices[0]?.message.content ?? "", tokens: usage?.completion_tokens };
    },
    "a streamed chat of OpenAI's": async () => {
      const ask = { ...chat, stream_options: { include_usage: true } };
      const { choices, usage } = await openai.chat.completions.stream(ask).finalChatCompletion();
      return { text: choices[0]?.message.content ?? "", tokens: usage?.completion_tokens };
    },
    "a response": async () => {
      const answer = await openai.responses.create({ model: MODEL, input: question.content, max_output_tokens: 12 });
      return { text: answer.output_text, tokens: answer.usage?.output_tokens };
    },
    "a streamed response": async () => {
      const ask = { model: MODEL, input: question.content, max_output_tokens: 12 };
      const answer = await openai.responses.stream(ask).finalResponse();
      return { text: answer.output_text, tokens: answer.usage?.output_tokens };
    },
    "a message": async () => {
      const answer = await anthropic.messages.create({ model: MODEL, messages: [question], max_tokens: 12 });
      return { text: JSON.stringify(answer.content), tokens: answer.usage.output_tokens };
    },
    "a streamed message": async () => {
      const ask = { model: MODEL, messages: [question], max_tokens: 12 };
      const answer = await anthropic.messages.stream(ask).finalMessage();
      return { text: JSON.stringify(answer.content), tokens: answer.usage.output_tokens };
    },
    "a chat of Ollama's": async () => {
      const answer = await ollama.chat({ model: MODEL, messages: [question], options: { num_predict: 12 } });
      return { text: answer.message.content, tokens: answer.eval_count };
    },
    "a streamed generation": async () => {
      const ask = { model: MODEL, prompt: question.content, options: { num_predict: 12 }, stream: true as const };
      let text = "";
      let tokens: unknown;
      for await (const part of await ollama.generate(ask)) {
        text += part.response ?? "";
        tokens = part.eval_count;
      }
      return { text, tokens };
    },
  };

  test("lists each model once", async () => {
    expect((await ollama.list()).models.map(({ name }) => name).toSorted()).toEqual(ALL_MODELS.toSorted());
    expect((await openai.models.list()).data.map(({ id }) => id).toSorted()).toEqual(ALL_MODELS.toSorted());
  });

  test.each(Object.entries(asks))("gives the same form of %s from all of them at once", async (_name, ask) => {
    const received = () => way.ollamas.map((node) => node.received.filter(({ method }) => method === "POST").length);
    const before = received();
    const answers = await Promise.all(Array.from({ length: 9 }, ask));
    for (const answer of answers) expect(answer).toEqual({ text: expect.stringMatching(/\w/), tokens: 12 });
    expect(received().filter((count, at) => count > (before[at] ?? 0)).length).toBeGreaterThan(1);
  });

  test.each(Object.entries(asks))("gives %s when only one of them can, whichever it is", async (_name, ask) => {
    for (const able of NODES) {
      for (const other of NODES.filter((at) => at !== able))
        way.ollamas[other]?.setFault({ kind: "http-500", times: 1 });
      expect(await ask()).toEqual({ text: expect.stringMatching(/\w/), tokens: 12 });
      setFault(way, undefined);
    }
  });
});
