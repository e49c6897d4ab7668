import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Recording, recording, responseText } from "../../testing/recording.ts";
import { type ClientRoute, clientDialects } from "../clients/client-dialects.ts";
import type { FinishReason, JsonObject, NeutralEvent, NeutralLogprob, NeutralRequest } from "../neutral.ts";

/** What differs from one call to the next: ids, times and durations. */
const masked = (text: string): string =>
  text
    .replace(/"(chatcmpl|cmpl|resp|msg|rs|fc)[-_][^"]*"/g, '"$1"')
    .replace(/"(created|created_at|completed_at)":\d+/g, '"$1":0')
    .replace(/"created_at":"[^"]*"/g, '"created_at":""')
    .replace(/"context":\[[^\]]*\],/g, "");

interface Exchange {
  readonly recorded: Recording;
  readonly body: JsonObject;
  readonly request: NeutralRequest;
}

const exchangeOf = (name: string): Exchange => {
  const recorded = recording(name);
  const body = JSON.parse(Buffer.from(recorded.request).toString()) as JsonObject;
  const request = clientDialects[recorded.path.split("?")[0] as ClientRoute].decode(body);
  if ("untranslatable" in request) throw new Error(`${name}: ${request.untranslatable}`);
  return { recorded, body, request };
};

const encoderOf = ({ recorded, body, request }: Exchange) => {
  let ids = 0;
  const dialect = clientDialects[recorded.path.split("?")[0] as ClientRoute];
  const heading = {
    model: String(body["model"]),
    now: () => 1_795_356_217_123,
    newId: () => `id${ids++}`,
    request,
    body,
  };
  return request.isStream ? dialect.createStream(heading) : dialect.createWhole(heading);
};

const replies = [
  "chat-html-escape",
  "chat-load-warm",
  "chat-logprobs",
  "chat-nonstream",
  "chat-stream",
  "chat-stream-length",
  "chat-think-nonstream",
  "chat-think-stream",
  "chat-tools-nonstream",
  "chat-tools-stream",
  "chat-unicode",
  "generate-load-cold",
  "generate-logprobs",
  "generate-nonstream",
  "generate-stream",
  "generate-unload",
  "v1-chat-content-parts",
  "v1-chat-logprobs-stream",
  "v1-chat-max-completion-tokens-ignored",
  "v1-chat-nonstream",
  "v1-chat-reasoning-nonstream",
  "v1-chat-reasoning-stream",
  "v1-chat-stream-gemma3",
  "v1-chat-stream-include-usage",
  "v1-chat-stream-length",
  "v1-chat-stream-stop",
  "v1-chat-stream",
  "v1-chat-tools-nonstream",
  "v1-chat-tools-stream",
  "v1-completions-empty-prompt-stream",
  "v1-completions-empty-prompt",
  "v1-completions-nonstream",
  "v1-completions-stream-include-usage",
  "v1-completions-stream",
  "v1-messages-beta-query",
  "v1-messages-nonstream-max-tokens",
  "v1-messages-nonstream",
  "v1-messages-stream-cold-load",
  "v1-messages-stream-end-turn",
  "v1-messages-stream",
  "v1-messages-thinking-nonstream",
  "v1-messages-thinking-stream",
  "v1-messages-tools-nonstream",
  "v1-messages-tools-stream",
  "v1-responses-items",
  "v1-responses-missing-input",
  "v1-responses-nonstream",
  "v1-responses-reasoning-stream",
  "v1-responses-stream-cold-load",
  "v1-responses-stream",
  "v1-responses-tools-stream",
];

describe("replies", () => {
  it.each(replies)("are written as Ollama wrote %s, but for ids and times", (name) => {
    const exchange = exchangeOf(name);
    const encoder = encoderOf(exchange);
    const written = encoder.encode(eventsOfReply(exchange.recorded));
    expect(masked(written + encoder.end())).toBe(masked(responseText(exchange.recorded)));
    expect(encoder.contentType).toBe(exchange.recorded.contentType);
    expect(encoder.fault?.()).toBeUndefined();
  });

  it.each(replies)("are the same however the events of %s arrive", (name) => {
    const exchange = exchangeOf(name);
    const events = eventsOfReply(exchange.recorded);
    const whole = encoderOf(exchange);
    const expected = whole.encode(events) + whole.end();
    fc.assert(
      fc.property(cuts(events), (pieces) => {
        const encoder = encoderOf(exchange);
        expect(pieces.map(encoder.encode).join("") + encoder.end()).toBe(expected);
      }),
      { numRuns: 10 },
    );
  });

  it.each(replies)("claim no end that did not come: %s", (name) => {
    const exchange = exchangeOf(name);
    const encoder = encoderOf(exchange);
    const events = eventsOfReply(exchange.recorded).filter(({ kind }) => kind !== "end");
    const written = encoder.encode(events) + encoder.end();
    expect(written).not.toMatch(/\[DONE\]|message_stop|response\.completed|"done":true|"object":"chat\.completion"/);
  });
});

const cuts = (events: readonly NeutralEvent[]): fc.Arbitrary<readonly (readonly NeutralEvent[])[]> =>
  fc.array(fc.nat(events.length), { maxLength: 20 }).map((places) => {
    const ends = [...places.toSorted((one, other) => one - other), events.length];
    return ends.map((end, index) => events.slice(ends[index - 1] ?? 0, end));
  });

/** A parsed reply, whatever its shape. */
type Reply = ReturnType<typeof JSON.parse>;

/** The events that a recorded reply of any of the routes tells, in the order in which it tells them. */
const eventsOfReply = (recorded: Recording): readonly NeutralEvent[] => {
  const [path = ""] = recorded.path.split("?");
  const text = responseText(recorded);
  const isStream = recorded.contentType === "text/event-stream" || recorded.contentType === "application/x-ndjson";
  const records = isStream ? recordsOf(text) : [JSON.parse(text) as Reply];
  return readers[path]?.(records, isStream) ?? [];
};

const recordsOf = (text: string): readonly Reply[] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("data: ") || line.startsWith("{"))
    .map((line) => line.replace("data: ", ""))
    .map((line) => (line === "[DONE]" ? "[DONE]" : JSON.parse(line)));

type ReadReply = (records: readonly Reply[], isStream: boolean) => readonly NeutralEvent[];

const spoken = (text: string, thinking: string | undefined, logprobs?: readonly NeutralLogprob[]): NeutralEvent[] => [
  ...(thinking ? [{ kind: "thinking", choice: 0, text: thinking } as const] : []),
  ...(text !== "" || logprobs ? [{ kind: "text", choice: 0, text, logprobs } as const] : []),
];

const called = (calls: readonly { id: string; name: string; given: string }[] = [], from = 0): NeutralEvent[] =>
  calls.flatMap(({ id, name, given }, index) => [
    { kind: "tool-call", choice: 0, index: from + index, id, name } as const,
    { kind: "tool-arguments", choice: 0, index: from + index, text: given } as const,
  ]);

const finish = (reason: FinishReason): NeutralEvent => ({ kind: "finish", choice: 0, reason });
const end: NeutralEvent = { kind: "end" };
const usage = (promptTokens: number, outputTokens: number): NeutralEvent => ({
  kind: "usage",
  usage: { promptTokens, outputTokens },
});

const openaiReason = (word: string): FinishReason => (word === "tool_calls" ? "tool-calls" : (word as FinishReason));

const openai: ReadReply = (records) =>
  records.flatMap((record) => (record === "[DONE]" ? [end] : openaiEvents(record, record.choices[0])));

const openaiEvents = (record: Reply, choice: Reply): NeutralEvent[] => {
  const said = choice?.delta ?? choice?.message ?? { content: choice?.text };
  return [
    ...spoken(said.content ?? "", said.reasoning, choice?.logprobs?.content),
    ...called(said.tool_calls?.map(openaiCall)),
    ...(choice?.finish_reason ? [finish(openaiReason(choice.finish_reason))] : []),
    ...openaiClosing(record, choice),
  ];
};

const openaiCall = ({ id, function: { name, arguments: given } }: Reply) => ({ id, name, given });

const openaiClosing = (record: Reply, choice: Reply): NeutralEvent[] => {
  const isWhole = record.object === "chat.completion";
  const hasUsage = record.usage && (isWhole || choice === undefined || choice.finish_reason);
  const told = hasUsage ? [usage(record.usage.prompt_tokens, record.usage.completion_tokens)] : [];
  return isWhole ? [...told, end] : told;
};

const native: ReadReply = (records) =>
  records.flatMap((record): NeutralEvent[] => {
    const said = record.message ?? { content: record.response, thinking: record.thinking };
    const calls = said.tool_calls?.map((call: Reply) => ({
      id: call.id,
      name: call.function.name,
      given: JSON.stringify(call.function.arguments),
    }));
    const events = [...spoken(said.content, said.thinking, record.logprobs), ...called(calls)];
    if (!record.done) return events;
    const told = {
      promptTokens: record.prompt_eval_count ?? 0,
      outputTokens: record.eval_count ?? 0,
      totalNs: record.total_duration ?? 0,
      loadNs: record.load_duration ?? 0,
      promptNs: record.prompt_eval_duration ?? 0,
      outputNs: record.eval_duration ?? 0,
    };
    return [...events, finish(record.done_reason), { kind: "usage", usage: told }, end];
  });

const stopReasons: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  max_tokens: "length",
  tool_use: "tool-calls",
  stop_sequence: "load",
};

const messages: ReadReply = (records, isStream) => {
  if (isStream) return records.flatMap(messageEvents);
  const { content, stop_reason, usage: told } = records[0];
  const said = (content ?? []).flatMap((block: Reply) =>
    block.type === "tool_use"
      ? called([{ id: block.id, name: block.name, given: JSON.stringify(block.input) }])
      : spoken(block.text ?? "", block.thinking),
  );
  return [...said, ...messageClosing(stop_reason, told), end];
};

const messageEvents = ({ type, index, delta, content_block, usage: told }: Reply): NeutralEvent[] => {
  if (type === "message_delta") return messageClosing(delta.stop_reason, told);
  if (type === "content_block_delta") return messageDelta(index, delta);
  if (type === "content_block_start" && content_block.type === "tool_use") {
    return [{ kind: "tool-call", choice: 0, index, id: content_block.id, name: content_block.name }];
  }
  return type === "message_stop" ? [end] : [];
};

const messageDelta = (index: number, delta: Reply): NeutralEvent[] =>
  delta.type === "input_json_delta"
    ? [{ kind: "tool-arguments", choice: 0, index, text: delta.partial_json }]
    : spoken(delta.text ?? "", delta.thinking);

const messageClosing = (reason: string, told: Reply): NeutralEvent[] => [
  finish(stopReasons[reason] ?? "stop"),
  usage(told.input_tokens, told.output_tokens),
];

const responses: ReadReply = (records, isStream) => {
  const last = isStream ? records.at(-1).response : records[0];
  const told = usage(last.usage.input_tokens, last.usage.output_tokens);
  const closing = [finish("stop"), told, end];
  if (isStream) return [...records.flatMap(responseEvent), ...closing];
  const said = last.output.flatMap((item: Reply) => {
    if (item.type === "reasoning") return spoken("", item.summary[0].text);
    if (item.type === "function_call") return called([{ id: item.call_id, name: item.name, given: item.arguments }]);
    return spoken(item.content[0].text, undefined);
  });
  return [...said, ...closing];
};

const responseEvent = (record: Reply): NeutralEvent[] => {
  const { type, item, delta, output_index: index } = record;
  if (type === "response.output_text.delta") return spoken(delta, undefined);
  if (type === "response.reasoning_summary_text.delta") return spoken("", delta);
  if (type === "response.function_call_arguments.delta") {
    return [{ kind: "tool-arguments", choice: 0, index, text: delta }];
  }
  const isCall = type === "response.output_item.added" && item.type === "function_call";
  return isCall ? [{ kind: "tool-call", choice: 0, index, id: item.call_id, name: item.name }] : [];
};

const readers: Readonly<Record<string, ReadReply>> = {
  "/api/chat": native,
  "/api/generate": native,
  "/v1/chat/completions": openai,
  "/v1/completions": (records, isStream) => (isStream ? openai(records, true) : [...openai(records, false), end]),
  "/v1/messages": messages,
  "/v1/responses": responses,
};
