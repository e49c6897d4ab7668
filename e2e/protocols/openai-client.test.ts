import OpenAI, { APIError, BadRequestError, InternalServerError, NotFoundError, toFile } from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  ALL_MODELS,
  bothWays,
  EMBEDDER,
  EYES,
  expectWorkEnds,
  MODEL,
  newestBody,
  opened,
  THINKER,
  throughFleet,
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

const messages = [{ role: "user" as const, content: "Why is the sky blue?" }];
const request = { model: MODEL, messages, max_tokens: 12, seed: 1, temperature: 0 };
const tools = [weatherTool];
const asked = { role: "user" as const, content: TOOL_QUESTION };
const Colour = z.object({ colour: z.string() });

const clientOf = ({ url }: Way): OpenAI => new OpenAI({ baseURL: `${url}/v1`, apiKey: "not-used", maxRetries: 0 });

describe.each(bothWays)("the official openai client %s", (_title, open) => {
  const at = opened(open, clientOf);

  test("lists models, and shows one", async () => {
    const models = await gather(at.client.models.list());
    expect(models.map(({ id }) => id).toSorted()).toEqual(ALL_MODELS.toSorted());
    expect(models[0]).toMatchObject({ object: "model", owned_by: "library" });
    expect(models[0]?.created).toBeGreaterThan(1_600_000_000);
    expect(await at.client.models.retrieve(MODEL)).toMatchObject({ id: MODEL, object: "model" });
  });

  test("chats in one piece", async () => {
    const answer = await at.client.chat.completions.create(request);
    expect(answer).toMatchObject({
      object: "chat.completion",
      model: MODEL,
      choices: [{ index: 0, finish_reason: "length", message: { role: "assistant" } }],
      usage: { completion_tokens: 12 },
    });
    expect(answer.choices[0]?.message.content?.length).toBeGreaterThan(0);
  });

  test("chats in a stream with usage, with the same words", async () => {
    const whole = await at.client.chat.completions.create(request);
    const ask = { ...request, stream: true as const, stream_options: { include_usage: true } };
    const parts = await gather(await at.client.chat.completions.create(ask));
    const words = parts.map(({ choices }) => choices[0]?.delta.content ?? "").join("");
    expect(words).toBe(whole.choices[0]?.message.content);
    expect(parts.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean)).toEqual(["length"]);
    expect(parts.at(-1)?.usage).toMatchObject({ completion_tokens: 12 });
    const gathered = await at.client.chat.completions.stream(request).finalChatCompletion();
    expect(gathered.choices[0]?.message.content).toBe(words);
  });

  test("calls a tool and is given its result, whole and in a stream", async () => {
    const ask = { model: MODEL, messages: [asked], tools };
    const whole = await at.client.chat.completions.create(ask);
    const streamed = await at.client.chat.completions.stream(ask).finalChatCompletion();
    for (const { choices } of [whole, streamed]) {
      expect(choices[0]?.finish_reason).toBe("tool_calls");
      const calls = choices[0]?.message.tool_calls ?? [];
      expect(calls).toMatchObject([{ type: "function", function: { name: "weather" } }]);
      expect(calls[0]?.type === "function" && JSON.parse(calls[0].function.arguments)).toEqual({ city: "sea" });
    }
    const turn = whole.choices[0]?.message as OpenAI.ChatCompletionMessage;
    const result = { role: "tool" as const, tool_call_id: turn.tool_calls?.[0]?.id ?? "", content: "22 degrees" };
    const answer = await at.client.chat.completions.create({ ...request, tools, messages: [asked, turn, result] });
    expect(answer.choices[0]?.message.content?.length).toBeGreaterThan(0);
    expect(newestBody(at.way)).toContain("22 degrees");
  });

  test("runs tools by itself", async () => {
    const cities: unknown[] = [];
    const tool = {
      type: "function" as const,
      function: {
        ...weatherTool.function,
        parse: JSON.parse as (text: string) => object,
        function: (given: object) => {
          cities.push(given);
          return "22 degrees";
        },
      },
    };
    const runner = at.client.chat.completions.runTools({ model: MODEL, messages: [asked], tools: [tool] });
    expect((await runner.finalContent())?.length).toBeGreaterThan(0);
    expect(cities).toEqual([{ city: "sea" }]);
  });

  test("answers in a format, also a parsed one", async () => {
    const response_format = { type: "json_schema" as const, json_schema: { name: "answer", schema: colourSchema } };
    const formed = await at.client.chat.completions.create({ model: MODEL, messages, response_format });
    expect(JSON.parse(formed.choices[0]?.message.content ?? "")).toEqual({ colour: expect.any(String) });
    const parsed = await at.client.chat.completions.parse({
      ...{ model: MODEL, messages },
      response_format: zodResponseFormat(Colour, "colour"),
    });
    expect(parsed.choices[0]?.message.parsed).toEqual({ colour: expect.any(String) });
    const loose = { model: MODEL, messages, response_format: { type: "json_object" as const } };
    expect(JSON.parse((await at.client.chat.completions.create(loose)).choices[0]?.message.content ?? "")).toBeTypeOf(
      "object",
    );
  });

  test("shows a picture", async () => {
    const content = [
      { type: "text" as const, text: "What is this?" },
      { type: "image_url" as const, image_url: { url: `data:image/png;base64,${PIXEL}` } },
    ];
    const ask = { ...request, model: EYES, messages: [{ role: "user" as const, content }] };
    const answer = await at.client.chat.completions.create(ask);
    expect(answer.choices[0]?.message.content?.length).toBeGreaterThan(0);
    expect(newestBody(at.way)).toContain(PIXEL);
  });

  test("sees thoughts in a field of their own", async () => {
    const { choices } = await at.client.chat.completions.create({
      ...request,
      model: THINKER,
      reasoning_effort: "low",
    });
    expect(choices[0]?.message).toMatchObject({ reasoning: expect.stringMatching(/./) });
    const none = await at.client.chat.completions.create({ ...request, model: THINKER, reasoning_effort: "none" });
    expect(none.choices[0]?.message).not.toHaveProperty("reasoning");
  });

  test("completes a text, whole and in a stream", async () => {
    const ask = { model: MODEL, prompt: "The sky is", max_tokens: 12, seed: 1, temperature: 0 };
    const whole = await at.client.completions.create(ask);
    expect(whole).toMatchObject({
      object: "text_completion",
      choices: [{ finish_reason: "length", text: expect.stringMatching(/./) }],
      usage: { completion_tokens: 12 },
    });
    const parts = await gather(await at.client.completions.create({ ...ask, stream: true }));
    expect(parts.map(({ choices }) => choices[0]?.text ?? "").join("")).toBe(whole.choices[0]?.text);
  });

  test("embeds, in numbers and in base64 with the same values", async () => {
    const ask = { model: EMBEDDER, input: ["sea", "sky"] };
    const numbers = await at.client.embeddings.create({ ...ask, encoding_format: "float" });
    // Without a format the client asks for base64 and decodes it.
    const decoded = await at.client.embeddings.create(ask);
    expect(numbers.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
      [0, 384],
      [1, 384],
    ]);
    const pairs = decoded.data[0]?.embedding.map((value, at) =>
      Math.abs(value - (numbers.data[0]?.embedding[at] ?? 9)),
    );
    expect(Math.max(...(pairs ?? [9]))).toBeLessThan(1e-6);
    expect(numbers.usage.prompt_tokens).toBeGreaterThan(0);
    const short = await at.client.embeddings.create({ ...ask, input: "sea", dimensions: 16 });
    expect(short.data[0]?.embedding).toHaveLength(16);
  });

  test("gets responses, whole and in a stream", async () => {
    const ask = { model: MODEL, input: "Why is the sky blue?", max_output_tokens: 12, temperature: 0 };
    const whole = await at.client.responses.create({ ...ask, instructions: "Be short." });
    expect(whole).toMatchObject({ object: "response", model: MODEL, usage: { output_tokens: 12 } });
    expect(whole.output_text.length).toBeGreaterThan(0);
    expect(newestBody(at.way)).toContain("Be short.");
    const events = await gather(await at.client.responses.create({ ...ask, stream: true }));
    expect([events[0]?.type, events.at(-1)?.type]).toEqual(["response.created", "response.completed"]);
    const words = events.map((event) => (event.type === "response.output_text.delta" ? event.delta : "")).join("");
    const gathered = await at.client.responses.stream(ask).finalResponse();
    expect(gathered.output_text).toBe(words);
    expect(words.length).toBeGreaterThan(0);
  });

  test("gets responses that call a tool, and responses in a format", async () => {
    const tool = { type: "function" as const, name: "weather", parameters: weatherParameters, strict: null };
    const ask = { model: MODEL, input: TOOL_QUESTION, tools: [tool] };
    const whole = await at.client.responses.create(ask);
    const streamed = await at.client.responses.stream(ask).finalResponse();
    for (const { output } of [whole, streamed]) {
      const calls = (output as OpenAI.Responses.ResponseOutputItem[]).filter((item) => item.type === "function_call");
      expect(calls).toMatchObject([{ name: "weather", call_id: expect.stringMatching(/./) }]);
      expect(JSON.parse(calls[0]?.arguments ?? "")).toEqual({ city: "sea" });
    }
    const call = whole.output.find((item) => item.type === "function_call");
    const answer = await at.client.responses.create({
      ...{ model: MODEL, max_output_tokens: 12 },
      input: [
        { role: "user", content: TOOL_QUESTION },
        ...(call === undefined ? [] : [call]),
        { type: "function_call_output", call_id: call?.call_id ?? "", output: "22 degrees" },
      ],
    });
    expect(answer.output_text.length).toBeGreaterThan(0);
    expect(newestBody(at.way)).toContain("22 degrees");
    const text = { format: zodTextFormat(Colour, "colour") };
    const formed = await at.client.responses.parse({ model: MODEL, input: "A colour?", text });
    expect(formed.output_parsed).toEqual({ colour: expect.any(String) });
  });

  test("has speech written down, as JSON and as text", async () => {
    const file = await toFile(toneWav(), "tone.wav");
    const json: unknown = await at.client.audio.transcriptions.create({ model: MODEL, file });
    // Ollama names the wrong type of content, so that this client takes the JSON for a text.
    const read = typeof json === "string" ? (JSON.parse(json) as unknown) : json;
    expect(read).toEqual({ text: expect.stringMatching(/./) });
    const text = await at.client.audio.transcriptions.create({ model: MODEL, file, response_format: "text" });
    expect(text).toMatch(/./);
  });

  test("aborts a stream, which ends the node's work", async () => {
    await expectWorkEnds(at.way, async () => {
      const stream = await at.client.chat.completions.create({ ...request, stream: true });
      for await (const _part of stream) stream.controller.abort();
    });
    await expectWorkEnds(at.way, async () => {
      const stream = await at.client.responses.create({ model: MODEL, input: "Hi", stream: true });
      for await (const event of stream) if (event.type === "response.output_text.delta") stream.controller.abort();
    });
    expect((await at.client.chat.completions.create(request)).choices).toHaveLength(1);
  });

  test("leaves a chat of one piece at its own deadline, which ends the node's work", async () => {
    await expectWorkEnds(at.way, async () => {
      const error = await errorOf(at.client.chat.completions.create(request, { timeout: 300 }));
      expect(error).toBeInstanceOf(OpenAI.APIConnectionTimeoutError);
    });
  });

  test("gets a NotFoundError for a model that nobody has", async () => {
    const ask = { ...request, model: "nobody:1b" };
    for (const call of [
      () => at.client.chat.completions.create(ask),
      () => at.client.chat.completions.create({ ...ask, stream: true }),
      () => at.client.models.retrieve("nobody:1b"),
    ]) {
      const error = await errorOf(call());
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({
        status: 404,
        message: "404 model 'nobody:1b' not found",
        type: "not_found_error",
        param: null,
      });
    }
    for (const call of [
      () => at.client.completions.create({ model: "nobody:1b", prompt: "Hi" }),
      () => at.client.embeddings.create({ model: "nobody:1b", input: "Hi" }),
      () => at.client.responses.create({ model: "nobody:1b", input: "Hi" }),
      async () => at.client.audio.transcriptions.create({ model: "nobody:1b", file: await toFile(toneWav(), "a.wav") }),
    ])
      expect(await errorOf(call())).toBeInstanceOf(NotFoundError);
  });

  test("gets a BadRequestError for a request that makes no sense", async () => {
    for (const call of [
      () => at.client.chat.completions.create({ model: MODEL, messages: [] }),
      () => at.client.chat.completions.create({ model: EMBEDDER, messages }),
      () => at.client.chat.completions.create({ model: "", messages }),
      () => at.client.chat.completions.create({ ...request, temperature: "hot" as never }),
    ]) {
      const error = await errorOf(call());
      expect(error).toBeInstanceOf(BadRequestError);
      expect(error).toMatchObject({ status: 400, type: "invalid_request_error" });
    }
  });

  test("gets an InternalServerError when every runner dies before its answer", async () => {
    const error = await withFault(at.way, { kind: "http-500" }, () =>
      errorOf(at.client.chat.completions.create(request)),
    );
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({
      status: 500,
      message: expect.stringContaining("model runner has unexpectedly stopped"),
    });
  });
});

describe("the official openai client, where a node alone would say nothing", () => {
  const at = opened(throughFleet, clientOf);

  test.each(["cut-mid-stream", "error-record-mid-stream"] as const)(
    "is told of %s in the middle of every kind of stream",
    async (kind) => {
      for (const open of [
        () => at.client.chat.completions.create({ ...request, stream: true }),
        () => at.client.completions.create({ model: MODEL, prompt: "Hi", stream: true }),
      ]) {
        await withFault(at.way, { kind, afterRecords: 2 }, async () => {
          const error = await errorOf(open().then((parts) => gather<unknown>(parts)));
          expect(error).toBeInstanceOf(APIError);
          expect(String(error)).toMatch(/ended before it was complete/);
        });
      }
      await withFault(at.way, { kind, afterRecords: 2 }, async () => {
        const events = await gather(
          await at.client.responses.create({ model: MODEL, input: "Hi", stream: true }),
        ).catch((error: unknown) => [error]);
        expect(events.at(-1)).toMatchObject({ message: expect.stringMatching(/ended before it was complete/) });
      });
    },
  );

  test("keeps its request id", async () => {
    const call = at.client.chat.completions.create(request, { headers: { "X-Request-Id": "my-own.id_1" } });
    const { request_id, response } = await call.withResponse();
    expect([request_id, response.headers.get("x-fleet-served-model")]).toEqual(["my-own.id_1", MODEL]);
  });

  test("may forbid the tools that it offers", async () => {
    const answer = await at.client.chat.completions.create({
      ...request,
      messages: [asked],
      tools,
      tool_choice: "none",
    });
    expect(answer.choices[0]?.message.tool_calls ?? []).toEqual([]);
  });
});
