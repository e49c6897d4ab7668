import Anthropic, { APIError, BadRequestError, InternalServerError, NotFoundError } from "@anthropic-ai/sdk";
import { describe, expect, test } from "vitest";
import {
  ALL_MODELS,
  bothWays,
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
import { errorOf, gather, PIXEL, TOOL_QUESTION, weatherParameters } from "../support/clients/samples.ts";

const messages = [{ role: "user" as const, content: "Why is the sky blue?" }];
const request = { model: MODEL, max_tokens: 12, temperature: 0, messages };
const tools = [{ name: "weather", description: "Tells it", input_schema: weatherParameters }];

const clientOf = ({ url }: Way, maxRetries = 0): Anthropic =>
  new Anthropic({ baseURL: url, apiKey: "not-used", maxRetries });

const textOf = (content: readonly Anthropic.ContentBlock[]): string =>
  content.map((block) => (block.type === "text" ? block.text : "")).join("");

describe.each(bothWays)("the official anthropic client %s", (_title, open) => {
  const at = opened(open, clientOf);

  test("lists models, and shows one", async () => {
    const listed = await at.client.models.list();
    expect(listed.data.map(({ id }) => id).toSorted()).toEqual(ALL_MODELS.toSorted());
    expect(await at.client.models.retrieve(MODEL)).toMatchObject({ id: MODEL });
  });

  test("gets a message in one piece", async () => {
    const answer = await at.client.messages.create(request);
    expect(answer).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: "message",
      role: "assistant",
      model: MODEL,
      stop_reason: "max_tokens",
      usage: { output_tokens: 12 },
    });
    expect(answer.usage.input_tokens).toBeGreaterThan(0);
    expect(textOf(answer.content).length).toBeGreaterThan(0);
  });

  test("gets a message in a stream, with the same words", async () => {
    const whole = await at.client.messages.create(request);
    const events = await gather(await at.client.messages.create({ ...request, stream: true }));
    expect(events[0]?.type).toBe("message_start");
    expect(events.at(-1)?.type).toBe("message_stop");
    const stream = at.client.messages.stream(request);
    const words = (await gather(stream)).map((event) =>
      event.type === "content_block_delta" && event.delta.type === "text_delta" ? event.delta.text : "",
    );
    const last = await stream.finalMessage();
    expect([words.join(""), textOf(last.content)]).toEqual([textOf(whole.content), textOf(whole.content)]);
    expect(last).toMatchObject({ stop_reason: "max_tokens", usage: { output_tokens: 12 } });
  });

  test("is given system blocks, stop sequences and turns of before", async () => {
    const answer = await at.client.messages.create({
      ...request,
      system: [
        { type: "text", text: "Be short." },
        { type: "text", text: "Be kind.", cache_control: { type: "ephemeral" } },
      ],
      messages: [
        ...messages,
        { role: "assistant", content: [{ type: "text", text: "It is not." }] },
        { role: "user", content: [{ type: "text", text: "Look again" }] },
      ],
      stop_sequences: ["never written"],
      metadata: { user_id: "somebody" },
    });
    expect(answer.content[0]).toMatchObject({ type: "text" });
    for (const part of ["Be short.", "Be kind.", "It is not.", "Look again"])
      expect(newestBody(at.way)).toContain(part);
  });

  test("calls a tool and is given its result, whole and in a stream", async () => {
    const asked = { role: "user" as const, content: TOOL_QUESTION };
    const ask = { ...request, max_tokens: 200, messages: [asked], tools };
    const streamed = await at.client.messages.stream(ask).finalMessage();
    const whole = await at.client.messages.create(ask);
    for (const { stop_reason, content } of [whole, streamed]) {
      expect(stop_reason).toBe("tool_use");
      expect(content.filter(({ type }) => type === "tool_use")).toMatchObject([
        { name: "weather", input: { city: "sea" }, id: expect.stringMatching(/./) },
      ]);
    }
    const call = whole.content.find((block) => block.type === "tool_use");
    const result = { type: "tool_result" as const, tool_use_id: call?.id ?? "", content: "22 degrees" };
    const answer = await at.client.messages.create({
      ...request,
      tools,
      messages: [asked, { role: "assistant", content: whole.content }, { role: "user", content: [result] }],
    });
    expect(textOf(answer.content).length).toBeGreaterThan(0);
    expect(newestBody(at.way)).toContain("22 degrees");
  });

  test("shows a picture", async () => {
    const source = { type: "base64" as const, media_type: "image/png" as const, data: PIXEL };
    const content = [
      { type: "image" as const, source },
      { type: "text" as const, text: "What is this?" },
    ];
    const answer = await at.client.messages.create({ ...request, model: EYES, messages: [{ role: "user", content }] });
    expect(textOf(answer.content).length).toBeGreaterThan(0);
    expect(newestBody(at.way)).toContain(PIXEL);
  });

  test("sees thoughts in blocks of their own, and sends them back", async () => {
    const ask = {
      ...request,
      model: THINKER,
      max_tokens: 40,
      thinking: { type: "enabled", budget_tokens: 1024 },
    } as const;
    const whole = await at.client.messages.create(ask);
    const streamed = await at.client.messages.stream(ask).finalMessage();
    for (const { content } of [whole, streamed]) expect(content.map(({ type }) => type)).toEqual(["thinking", "text"]);
    const more = [...messages, { role: "assistant" as const, content: whole.content }, ...messages];
    expect(textOf((await at.client.messages.create({ ...ask, messages: more })).content).length).toBeGreaterThan(0);
  });

  test("aborts a stream, which ends the node's work", async () => {
    await expectWorkEnds(at.way, async () => {
      const stream = await at.client.messages.create({ ...request, stream: true });
      for await (const event of stream) if (event.type === "content_block_delta") stream.controller.abort();
    });
    expect((await at.client.messages.create(request)).stop_reason).toBe("max_tokens");
  });

  test("gets a NotFoundError for a model that nobody has", async () => {
    const ask = { ...request, model: "nobody:1b" };
    for (const call of [at.client.messages.create(ask), at.client.messages.create({ ...ask, stream: true })]) {
      const error = await errorOf(call);
      expect(error).toBeInstanceOf(NotFoundError);
      expect(error).toMatchObject({
        status: 404,
        error: { type: "error", error: { type: "not_found_error", message: "model 'nobody:1b' not found" } },
      });
    }
  });

  test("gets a BadRequestError for a request that makes no sense", async () => {
    for (const odd of [
      { ...request, messages: [] },
      { ...request, max_tokens: 0 },
      { ...request, messages: [{ role: "user" as const, content: 5 as never }] },
    ]) {
      const error = await errorOf(at.client.messages.create(odd));
      expect(error).toBeInstanceOf(BadRequestError);
      expect(error).toMatchObject({ status: 400, error: { type: "error", error: { type: "invalid_request_error" } } });
    }
  });

  test("gets an InternalServerError when every runner dies before its answer", async () => {
    const error = await withFault(at.way, { kind: "http-500" }, () => errorOf(at.client.messages.create(request)));
    expect(error).toBeInstanceOf(InternalServerError);
    expect(error).toMatchObject({
      status: 500,
      error: {
        error: { type: "api_error", message: expect.stringContaining("model runner has unexpectedly stopped") },
      },
    });
  });
});

describe("the official anthropic client, where a node alone would fail it", () => {
  const at = opened(throughFleet, clientOf);

  test("is told when a node is cut off, or its runner dies, in the middle of a stream", async () => {
    for (const kind of ["cut-mid-stream", "error-record-mid-stream"] as const) {
      await withFault(at.way, { kind, afterRecords: 2 }, async () => {
        const error = await errorOf(gather(await at.client.messages.create({ ...request, stream: true })));
        expect(error).toBeInstanceOf(APIError);
        expect(String(error)).toMatch(/ended before it was complete/);
      });
    }
  });

  test("counts tokens", async () => {
    const short = await at.client.messages.countTokens({ model: MODEL, messages });
    const long = await at.client.messages.countTokens({
      model: MODEL,
      messages: [{ role: "user", content: "Why is the sky blue? ".repeat(50) }],
      system: "Be short.",
      tools,
    });
    expect(short.input_tokens).toBeGreaterThan(0);
    expect(long.input_tokens).toBeGreaterThan(short.input_tokens + 100);
  });

  test("has its own names served by the best model of the fleet", async () => {
    const answer = await at.client.messages.create({ ...request, model: "claude-sonnet-4-6" });
    expect(textOf(answer.content).length).toBeGreaterThan(0);
    const { response } = await at.client.messages
      .create({ ...request, model: "claude-opus-4-6", tools })
      .withResponse();
    expect(ALL_MODELS).toContain(response.headers.get("x-fleet-served-model"));
    expect(
      (await at.client.messages.countTokens({ model: "claude-sonnet-4-6", messages })).input_tokens,
    ).toBeGreaterThan(0);
  });

  test("may forbid the tools that it offers", async () => {
    const asked = [{ role: "user" as const, content: TOOL_QUESTION }];
    const answer = await at.client.messages.create({
      ...request,
      messages: asked,
      tools,
      tool_choice: { type: "none" },
    });
    expect(answer.content.map(({ type }) => type)).toEqual(["text"]);
  });
});
