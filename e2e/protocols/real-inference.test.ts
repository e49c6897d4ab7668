// Real inference: llama.cpp's server with a small model behind an agent, and official clients at the router.
import { join } from "node:path";
import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI, { BadRequestError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCleanup } from "../support/cleanup.ts";
import { openCall, type Target } from "../support/clients/http-call.ts";
import { errorOf, gather } from "../support/clients/samples.ts";
import { nodeView } from "../support/fleets/process-fleet.ts";
import { startProgram } from "../support/programs/start-program.ts";
import { type LlamaServer, startLlamaServer } from "../support/python/start-llama-server.ts";
import { whyNoPython } from "../support/python/start-python.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { until, within } from "../support/until.ts";

const CHAT = "smollm2";
const EMBEDDER = "smollm2-embed";
/** As Ollama lists it. */
const TAGGED = "smollm2:latest";
/** Tokens of one slot. */
const CONTEXT = 1024;
const START_MS = 120_000;

const messages = [{ role: "user" as const, content: "Name three colours." }];
const LIMIT = 16;
const chat = { model: CHAT, messages, max_tokens: LIMIT, temperature: 0, seed: 7 };
const options = { num_predict: LIMIT, temperature: 0, seed: 7 };
const colourSchema = {
  type: "object" as const,
  properties: { colour: { type: "string", enum: ["red", "green", "blue"] } },
  required: ["colour"],
  additionalProperties: false,
};
const tooLong = [{ role: "user" as const, content: "word ".repeat(CONTEXT * 2) }];

describe.skipIf(whyNoPython !== undefined)("real inference (needs packages of PyPI)", () => {
  const cleanup = createCleanup();
  let server: LlamaServer;
  let target: Target;
  let direct: OpenAI;
  let openai: OpenAI;
  let anthropic: Anthropic;
  let ollama: Ollama;
  /** What the engine answers to `chat` when nothing is between. */
  let text: string;

  beforeAll(async () => {
    const order = { slots: 2, context: 2 * CONTEXT };
    const servers = await Promise.all([
      startLlamaServer(cleanup, { ...order, name: CHAT, purpose: "chat" }),
      startLlamaServer(cleanup, { ...order, name: EMBEDDER, purpose: "embedding" }),
    ]);
    [server] = servers;
    const port = await startFleet(servers.map(({ url }) => url));
    target = { host: "127.0.0.1", port };
    const url = `http://127.0.0.1:${port}`;
    direct = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: "not-used", maxRetries: 0 });
    openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "not-used", maxRetries: 0 });
    text = await directText();
    anthropic = new Anthropic({ baseURL: url, apiKey: "not-used", maxRetries: 0 });
    ollama = new Ollama({ host: url });
  }, START_MS);
  afterAll(() => cleanup.run());

  /** A router and an agent, each a process of its own; resolves to the router's port once both servers are reported. */
  async function startFleet(backends: readonly string[]): Promise<number> {
    const folder = tempFolder(cleanup);
    const environment = { FLEET_START_GRACE_S: "0" };
    const routerFlags = ["--port", "0", "--data-dir", join(folder, "router")];
    const router = startProgram({ name: "herd", flags: routerFlags, environment });
    cleanup.add(router.kill);
    const port = Number((await router.printed(/http:\/\/localhost:(\d+)/))[1]);
    const flags = [
      ...["--router-url", `http://127.0.0.1:${port}`, "--node-id", "studio", "--ollama-host", "http://127.0.0.1:9"],
      ...["--gateway-port", "0", "--data-dir", join(folder, "studio")],
      ...backends.flatMap((url) => ["--backend", url]),
    ];
    const agent = startProgram({ name: "herd-node", flags });
    cleanup.add(agent.kill);
    await agent.printed(/herd-node [\d.]+ as /);
    const look = async (): Promise<boolean> => {
      const view = await nodeView({ host: "127.0.0.1", port }, "studio");
      return view?.backends.filter(({ state }) => state === "reachable").length === backends.length;
    };
    await until({ what: "both servers are reported", look, withinMs: 30_000 });
    return port;
  }

  /** What the server says when nothing is between. */
  const directText = async (): Promise<string> => {
    const { choices } = await direct.chat.completions.create(chat);
    return choices[0]?.message.content ?? "";
  };

  test("is listed everywhere, with what it is", async () => {
    const { models } = await ollama.list();
    expect(models.map(({ name }) => name).toSorted()).toEqual([`${EMBEDDER}:latest`, TAGGED].toSorted());
    expect(models.find(({ name }) => name === TAGGED)?.details).toMatchObject({
      format: "gguf",
      parameter_size: "134.52M",
    });
    const running = (await ollama.ps()).models.find(({ name }) => name === TAGGED);
    expect(running).toMatchObject({ model: TAGGED, context_length: CONTEXT });
    const listed = await gather(openai.models.list());
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining([TAGGED]));
    expect(await openai.models.retrieve(CHAT)).toMatchObject({ id: expect.stringMatching(/^smollm2/) });
    const shown = await ollama.show({ model: CHAT });
    expect(shown.capabilities).toEqual(expect.arrayContaining(["completion"]));
    expect((await ollama.show({ model: EMBEDDER })).capabilities).toEqual(["embedding"]);
  });

  test("says in a chat of OpenAI's form, whole and streamed, what it says without the router", async () => {
    expect(text.trim().length).toBeGreaterThan(5);
    const whole = await openai.chat.completions.create(chat);
    expect(whole.choices[0]?.message.content).toBe(text);
    expect(whole.usage?.prompt_tokens).toBeGreaterThan(10);
    expect(whole.usage?.prompt_tokens).toBeLessThan(80);
    expect(whole.usage?.completion_tokens).toBeLessThanOrEqual(LIMIT);
    const ask = { ...chat, stream: true as const, stream_options: { include_usage: true } };
    const parts = await gather(await openai.chat.completions.create(ask));
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe(text);
    expect(parts.findLast(({ usage }) => usage)?.usage).toMatchObject({
      prompt_tokens: whole.usage?.prompt_tokens,
      completion_tokens: whole.usage?.completion_tokens,
    });
  });

  test("says the same in Ollama's chat and generation", async () => {
    const whole = await ollama.chat({ model: CHAT, messages, options });
    expect(whole).toMatchObject({ done: true, message: { role: "assistant", content: text } });
    expect(whole.prompt_eval_count).toBeGreaterThan(10);
    expect(whole.eval_count).toBeGreaterThan(5);
    expect(whole.eval_count).toBeLessThanOrEqual(LIMIT);
    const parts = await gather(await ollama.chat({ model: CHAT, messages, options, stream: true }));
    expect(parts.map(({ message }) => message.content).join("")).toBe(text);
    expect(parts.at(-1)).toMatchObject({ done: true, eval_count: whole.eval_count });
    const prompt = "Name three colours.";
    expect((await ollama.generate({ model: CHAT, prompt, options })).response).toBe(text);
    const generated = await gather(await ollama.generate({ model: CHAT, prompt, options, stream: true }));
    expect(generated.map(({ response }) => response).join("")).toBe(text);
  });

  test("says the same in messages of Anthropic's form", async () => {
    const ask = { model: CHAT, messages, max_tokens: LIMIT, temperature: 0 };
    const whole = await anthropic.messages.create(ask);
    expect(whole).toMatchObject({ type: "message", content: [{ type: "text", text }] });
    expect(whole.usage.input_tokens).toBeGreaterThan(10);
    expect(whole.usage.output_tokens).toBeGreaterThan(5);
    const last = await anthropic.messages.stream(ask).finalMessage();
    expect(last).toMatchObject({ content: [{ type: "text", text }], stop_reason: whole.stop_reason });
    expect(last.usage.output_tokens).toBe(whole.usage.output_tokens);
    const counted = await anthropic.messages.countTokens({ model: CHAT, messages });
    expect(counted.input_tokens).toBeGreaterThan(0);
  });

  test("says the same in responses", async () => {
    const ask = { model: CHAT, input: "Name three colours.", max_output_tokens: LIMIT, temperature: 0 };
    const whole = await openai.responses.create(ask);
    expect(whole.output_text).toBe(text);
    expect(whole.usage?.output_tokens).toBeGreaterThan(5);
    expect((await openai.responses.stream(ask).finalResponse()).output_text).toBe(text);
  });

  test("completes a raw text the same with and without the router, also in Ollama's form", async () => {
    const ask = { model: CHAT, prompt: "The sky is", max_tokens: LIMIT, temperature: 0, seed: 7 };
    const text = (await direct.completions.create(ask)).choices[0]?.text;
    expect(text?.trim().length).toBeGreaterThan(5);
    expect((await openai.completions.create(ask)).choices[0]?.text).toBe(text);
    const parts = await gather(await openai.completions.create({ ...ask, stream: true }));
    expect(parts.map(({ choices }) => choices[0]?.text ?? "").join("")).toBe(text);
    const raw = await ollama.generate({ model: CHAT, prompt: ask.prompt, raw: true, options });
    expect(raw.response).toBe(text);
  });

  test("keeps to a schema in every dialect that has one", async () => {
    const hasColour = { colour: expect.stringMatching(/^(red|green|blue)$/) };
    const limit = { max_tokens: 60 };
    const json_schema = { name: "answer", schema: colourSchema };
    const response_format = { type: "json_schema" as const, json_schema };
    const { choices } = await openai.chat.completions.create({ ...chat, ...limit, response_format });
    expect(JSON.parse(choices[0]?.message.content ?? "")).toEqual(hasColour);
    const order = { model: CHAT, messages, format: colourSchema, options: { ...options, num_predict: 60 } };
    expect(JSON.parse((await ollama.chat(order)).message.content)).toEqual(hasColour);
    const response = await openai.responses.create({
      ...{ model: CHAT, input: "Name a colour.", max_output_tokens: 60, temperature: 0 },
      text: { format: { type: "json_schema", name: "answer", schema: colourSchema } },
    });
    expect(JSON.parse(response.output_text)).toEqual(hasColour);
  });

  test("embeds in both forms, with the same vector", async () => {
    const { data } = await openai.embeddings.create({
      model: EMBEDDER,
      input: ["sea", "sky"],
      encoding_format: "float",
    });
    const { embeddings } = await ollama.embed({ model: EMBEDDER, input: ["sea", "sky"] });
    expect(data.map(({ embedding }) => embedding.length)).toEqual([576, 576]);
    const differences = embeddings.flatMap((vector, row) =>
      vector.map((value, at) => Math.abs(value - (data[row]?.embedding[at] ?? 9))),
    );
    expect(differences).toHaveLength(2 * 576);
    expect(Math.max(...differences)).toBeLessThan(1e-4);
  });

  const endless = { ...chat, max_tokens: 900, stream: true, ignore_eos: true };
  const begin = () => openCall(target, { path: "/v1/chat/completions", body: endless });

  test("computes two requests at once, and a client that leaves frees its slot", async () => {
    const calls = [begin(), begin()];
    await within("both begin", 20_000, Promise.all(calls.map(({ firstByte }) => firstByte)));
    expect(calls.map((call) => call.isOver())).toEqual([false, false]);
    await until({ what: "two slots are busy", look: async () => (await server.busySlots()) === 2, withinMs: 2_000 });
    for (const call of calls) call.leave();
    const look = async (): Promise<boolean> => (await server.busySlots()) === 0;
    await until({ what: "the slots are free", look, withinMs: 3_000 });
    const received = calls.map((call) => call.received().toString().split("\n\n").length);
    for (const count of received) expect(count).toBeLessThan(850);
    expect(await directText()).toBe((await openai.chat.completions.create(chat)).choices[0]?.message.content);
  });

  test("refuses what does not fit its context, in the dialect", async () => {
    const inOpenAi = await errorOf(openai.chat.completions.create({ ...chat, messages: tooLong }));
    expect(inOpenAi).toBeInstanceOf(BadRequestError);
    expect(inOpenAi).toMatchObject({ status: 400, message: expect.stringMatching(/context/) });
    const inAnthropic = await errorOf(anthropic.messages.create({ model: CHAT, max_tokens: LIMIT, messages: tooLong }));
    expect(inAnthropic).toMatchObject({
      status: 400,
      error: { type: "error", error: { type: "invalid_request_error", message: expect.stringMatching(/context/) } },
    });
    const inOllama = await errorOf(ollama.chat({ model: CHAT, messages: tooLong, options, stream: true }));
    expect(inOllama).toMatchObject({
      name: "ResponseError",
      status_code: 400,
      message: expect.stringMatching(/context/),
    });
  });
});
