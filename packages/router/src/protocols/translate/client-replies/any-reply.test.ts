import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ClientRoute, clientDialects } from "../clients/client-dialects.ts";
import type { JsonObject, NeutralEvent, NeutralRequest } from "../neutral.ts";

/** A parsed reply, whatever its shape. */
type Reply = ReturnType<typeof JSON.parse>;

interface Said {
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
}

const strings = fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.constantFrom("<b>&", "\n\n", "\u2028"));
const inputs = fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: "grapheme" }), fc.integer()), { maxKeys: 3 });

type Part =
  | { readonly kind: "text" | "thinking"; readonly text: string }
  | { readonly kind: "call"; readonly name: string; readonly input: object; readonly cuts: readonly number[] };

const parts: fc.Arbitrary<readonly Part[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constantFrom("text" as const, "thinking" as const), text: strings }),
    fc.record({
      kind: fc.constant("call" as const),
      name: strings,
      input: inputs,
      cuts: fc.array(fc.nat(60), { maxLength: 3 }),
    }),
  ),
  { maxLength: 8 },
);

/** The pieces of the arguments, cut anywhere. */
const piecesOf = (input: object, cuts: readonly number[]): readonly string[] => {
  const text = Object.keys(input).length === 0 ? "" : JSON.stringify(input);
  const ends = [...cuts.map((cut) => Math.min(cut, text.length)).sort((one, other) => one - other), text.length];
  return ends.map((end, at) => text.slice(ends[at - 1] ?? 0, end));
};

const eventsOf = (said: readonly Part[]): readonly NeutralEvent[] => {
  const spoken = said.flatMap((part, index): NeutralEvent[] => {
    if (part.kind !== "call") return [{ kind: part.kind, choice: 0, text: part.text }];
    const pieces = piecesOf(part.input, part.cuts);
    return [
      { kind: "tool-call", choice: 0, index, id: `call_${index}`, name: part.name },
      ...pieces.map((text) => ({ kind: "tool-arguments", choice: 0, index, text }) as const),
    ];
  });
  const hasCalled = said.some(({ kind }) => kind === "call");
  return [
    ...spoken,
    { kind: "finish", choice: 0, reason: hasCalled ? "tool-calls" : "stop" },
    { kind: "usage", usage: { promptTokens: 3, outputTokens: 4 } },
    { kind: "end" },
  ];
};

const textOf = (said: readonly Part[], kind: "text" | "thinking"): string =>
  said.map((part) => (part.kind === kind ? part.text : "")).join("");

const callsOf = (said: readonly Part[]): Said["calls"] =>
  said.flatMap((part) =>
    part.kind === "call"
      ? [{ name: part.name, input: JSON.parse(JSON.stringify(part.input).toWellFormed()) as unknown }]
      : [],
  );

const request: NeutralRequest = {
  isStream: true,
  wantsUsage: true,
  messages: [{ role: "user", parts: [], toolCalls: [] }],
  tools: [],
  sampling: {},
};

const encoderOf = (route: ClientRoute, form: "createStream" | "createWhole") => {
  let ids = 0;
  const newId = () => `id${ids++}`;
  const body: JsonObject = { model: "m", messages: [] };
  return clientDialects[route][form]({ model: "m", now: () => 1e12, newId, request, body });
};

const written = (
  route: ClientRoute,
  form: "createStream" | "createWhole",
  pieces: readonly (readonly NeutralEvent[])[],
) => {
  const encoder = encoderOf(route, form);
  return pieces.map(encoder.encode).join("") + encoder.end();
};

const recordsOf = (text: string): readonly Reply[] => {
  expect(text.endsWith("\n\n")).toBe(true);
  return text
    .slice(0, -2)
    .split("\n\n")
    .map((block) => {
      const lines = /^(?:event: (.*)\n)?data: (.*)$/.exec(block);
      expect(lines, block).not.toBeNull();
      if (lines?.[2] === "[DONE]") return "[DONE]";
      const record = JSON.parse(lines?.[2] ?? "") as Reply;
      if (lines?.[1] !== undefined) expect(record.type).toBe(lines[1]);
      return record;
    });
};

const inputOf = (given: string): unknown => JSON.parse(given);

const readChatStream = (text: string): Said => {
  const records = recordsOf(text);
  expect(records.at(-1)).toBe("[DONE]");
  const told = records.at(-2);
  expect(told).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 } });
  const deltas = records.slice(0, -2).map(({ choices: [{ delta }] }) => delta);
  const calls: { name: string; given: string }[] = [];
  for (const call of deltas.flatMap(({ tool_calls = [] }) => tool_calls)) {
    if (call.id === undefined) (calls[call.index] as { given: string }).given += call.function.arguments;
    else calls[call.index] = { name: call.function.name, given: call.function.arguments };
  }
  return {
    text: deltas.map(({ content }) => content).join(""),
    thinking: deltas.map(({ reasoning = "" }) => reasoning).join(""),
    calls: calls.map(({ name, given }) => ({ name, input: inputOf(given) })),
  };
};

const readChatWhole = (text: string): Said => {
  const { message } = JSON.parse(text).choices[0] as Reply;
  return {
    text: message.content,
    thinking: message.reasoning ?? "",
    calls: (message.tool_calls ?? []).map((call: Reply) => ({
      name: call.function.name,
      input: inputOf(call.function.arguments),
    })),
  };
};

const blocksSaid = (blocks: readonly Reply[]): Said => ({
  text: blocks.map(({ text = "" }) => text).join(""),
  thinking: blocks.map(({ thinking = "" }) => thinking).join(""),
  calls: blocks.flatMap(({ type, name, input }) => (type === "tool_use" ? [{ name, input }] : [])),
});

/** At most one block is open, and they are numbered in their order. */
const readMessagesStream = (text: string): Said => {
  const [start, ...records] = recordsOf(text);
  expect(start.type).toBe("message_start");
  expect(records.splice(-2).map(({ type }) => type)).toEqual(["message_delta", "message_stop"]);
  const blocks: Reply[] = [];
  let isOpen = false;
  for (const { type, index, content_block, delta } of records) {
    expect(isOpen).toBe(type !== "content_block_start");
    if (type === "content_block_start") blocks.push({ ...content_block, given: "" });
    isOpen = type !== "content_block_stop";
    expect(index).toBe(blocks.length - 1);
    const block = blocks[index];
    if (type !== "content_block_delta") continue;
    block.text = delta.text === undefined ? block.text : block.text + delta.text;
    block.thinking = delta.thinking === undefined ? block.thinking : block.thinking + delta.thinking;
    block.given += delta.partial_json ?? "";
  }
  expect(isOpen).toBe(false);
  return blocksSaid(
    blocks.map((block) => (block.type === "tool_use" ? { ...block, input: inputOf(block.given) } : block)),
  );
};

const readMessagesWhole = (text: string): Said => blocksSaid(JSON.parse(text).content ?? []);

const itemsSaid = (output: readonly Reply[] | null): Said => {
  const items = output ?? [];
  return {
    text: items.map(({ content }) => content?.[0]?.text ?? "").join(""),
    thinking: items.map(({ encrypted_content = "" }) => encrypted_content).join(""),
    calls: items.flatMap((item) =>
      item.type === "function_call" ? [{ name: item.name, input: inputOf(item.arguments) }] : [],
    ),
  };
};

const readResponsesStream = (text: string): Said => {
  const records = recordsOf(text);
  expect(records.map(({ sequence_number }) => sequence_number)).toEqual(records.map((_, index) => index));
  expect(records.slice(0, 2).map(({ type }) => type)).toEqual(["response.created", "response.in_progress"]);
  const last = records.at(-1);
  expect(last.type).toBe("response.completed");
  const said = itemsSaid(last.response.output);
  const deltas = (type: string) => records.flatMap((record) => (record.type === type ? record.delta : [])).join("");
  expect(deltas("response.reasoning_summary_text.delta")).toBe(said.thinking);
  const given = records.filter(({ type }) => type === "response.function_call_arguments.done");
  expect(given.map((record) => inputOf(record.arguments))).toEqual(said.calls.map(({ input }) => input));
  if (said.calls.length === 0) expect(deltas("response.output_text.delta")).toBe(said.text);
  return said;
};

const nativeSaid = (records: readonly Reply[]): Said => {
  expect(records.map(({ done }) => done)).toEqual(records.map((_, index) => index === records.length - 1));
  const messages = records.map((record) => record.message ?? { ...record, content: record.response });
  return {
    text: messages.map(({ content }) => content).join(""),
    thinking: messages.map(({ thinking = "" }) => thinking).join(""),
    calls: messages
      .flatMap(({ tool_calls = [] }) => tool_calls)
      .map((call: Reply) => ({ name: call.function.name, input: call.function.arguments })),
  };
};

const readLines = (text: string): Said =>
  nativeSaid(
    text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
const readOne = (text: string): Said => nativeSaid([JSON.parse(text)]);

const forms: readonly (readonly [ClientRoute, "createStream" | "createWhole", (text: string) => Said])[] = [
  ["/v1/chat/completions", "createStream", readChatStream],
  ["/v1/chat/completions", "createWhole", readChatWhole],
  ["/v1/messages", "createStream", readMessagesStream],
  ["/v1/messages", "createWhole", readMessagesWhole],
  ["/v1/responses", "createStream", readResponsesStream],
  ["/v1/responses", "createWhole", (text) => itemsSaid(JSON.parse(text).output)],
  ["/api/chat", "createStream", readLines],
  ["/api/chat", "createWhole", readOne],
  ["/api/generate", "createStream", readLines],
  ["/api/generate", "createWhole", readOne],
];

/** Ollama shows no text in a response that calls tools. */
const isHidden = (route: ClientRoute, said: readonly Part[]): boolean =>
  route === "/v1/responses" && said.some(({ kind }) => kind === "call");

describe("any reply", () => {
  it.each(forms)("of %s by %s says in the dialect's grammar what was said", (route, form, read) => {
    fc.assert(
      fc.property(parts, (said) => {
        const text = written(route, form, [eventsOf(said)]);
        const heard = read(text);
        expect(heard.thinking).toBe(textOf(said, "thinking"));
        expect(heard.calls).toEqual(callsOf(said));
        if (!isHidden(route, said)) expect(heard.text).toBe(textOf(said, "text"));
      }),
    );
  });

  it.each(forms)("of %s by %s is the same however its events arrive", (route, form) => {
    fc.assert(
      fc.property(parts, fc.array(fc.nat(40)), (said, cuts) => {
        const events = eventsOf(said);
        const ends = [...cuts.toSorted((one, other) => one - other), events.length];
        const pieces = ends.map((end, index) => events.slice(ends[index - 1] ?? 0, end));
        expect(written(route, form, pieces)).toBe(written(route, form, [events]));
      }),
    );
  });

  it.each(forms)("of %s by %s that breaks off claims no end", (route, form) => {
    fc.assert(
      fc.property(parts, fc.nat(20), (said, at) => {
        const events = eventsOf(said);
        const text = written(route, form, [events.slice(0, Math.min(at, events.length - 1))]);
        expect(text).not.toMatch(/data: \[DONE\]|^event: (message_stop|response\.completed)|"done":true/m);
        if (form === "createWhole") expect(text).toBe("");
      }),
    );
  });
});

describe("arguments that are no object", () => {
  const broken: readonly NeutralEvent[] = [
    { kind: "text", choice: 0, text: "So" },
    { kind: "tool-call", choice: 0, index: 0, id: "c", name: "f" },
    { kind: "tool-arguments", choice: 0, index: 0, text: '{"a":' },
    { kind: "finish", choice: 0, reason: "length" },
    { kind: "end" },
  ];

  it.each([
    ["/api/chat", "createStream"],
    ["/api/chat", "createWhole"],
    ["/v1/messages", "createWhole"],
  ] as const)("are a fault in %s by %s, after which nothing is written", (route, form) => {
    const encoder = encoderOf(route, form);
    const text = encoder.encode(broken) + encoder.end();
    expect(encoder.fault?.()).toBe("the arguments of a tool call are no JSON object");
    expect(text).not.toContain('"done":true');
    expect(text).not.toContain("stop_reason");
  });

  it.each([
    ["/v1/chat/completions", "createStream"],
    ["/v1/chat/completions", "createWhole"],
    ["/v1/messages", "createStream"],
    ["/v1/responses", "createStream"],
    ["/v1/responses", "createWhole"],
  ] as const)("are passed on as they are in %s by %s", (route, form) => {
    const encoder = encoderOf(route, form);
    const text = encoder.encode(broken) + encoder.end();
    expect(encoder.fault?.()).toBeUndefined();
    expect(text).toContain('"{\\"a\\":"');
  });
});

describe("arguments", () => {
  const events: readonly NeutralEvent[] = [
    { kind: "tool-call", choice: 0, index: 0, id: "c", name: "f" },
    { kind: "tool-arguments", choice: 0, index: 0, text: '{"a":"<' },
    { kind: "tool-arguments", choice: 0, index: 0, text: '&"}' },
    { kind: "finish", choice: 0, reason: "tool-calls" },
    { kind: "end" },
  ];

  it.each([
    ["/v1/chat/completions", "createStream", ['"arguments":"{\\"a\\":\\"\\\\u003c"', '"arguments":"\\\\u0026\\"}"']],
    ["/v1/chat/completions", "createWhole", ['"arguments":"{\\"a\\":\\"\\\\u003c\\\\u0026\\"}"']],
    ["/v1/messages", "createStream", ['"partial_json":"{\\"a\\":\\"\\\\u003c"', '"partial_json":"\\\\u0026\\"}"']],
    ["/v1/messages", "createWhole", ['"input":{"a":"\\u003c\\u0026"}']],
    [
      "/v1/responses",
      "createStream",
      ['"delta":"{\\"a\\":\\"\\\\u003c"', '"arguments":"{\\"a\\":\\"\\\\u003c\\\\u0026\\"}"'],
    ],
    ["/api/chat", "createStream", ['"arguments":{"a":"\\u003c\\u0026"}']],
  ] as const)("are escaped as Go does, within their text as well, in %s by %s", (route, form, shown) => {
    const text = written(route, form, [events]);
    for (const piece of shown) expect(text).toContain(piece);
  });
});

describe("several answers", () => {
  const events: readonly NeutralEvent[] = [
    { kind: "text", choice: 1, text: "b" },
    { kind: "text", choice: 0, text: "a" },
    { kind: "finish", choice: 1, reason: "length" },
    { kind: "finish", choice: 0, reason: "stop" },
    { kind: "end" },
  ];

  it("stand side by side in chats and completions", () => {
    for (const route of ["/v1/chat/completions", "/v1/completions"] as const) {
      const { choices } = JSON.parse(written(route, "createWhole", [events])) as Reply;
      expect(choices.map((one: Reply) => [one.index, one.text ?? one.message.content, one.finish_reason])).toEqual([
        [0, "a", "stop"],
        [1, "b", "length"],
      ]);
    }
    const records = recordsOf(written("/v1/chat/completions", "createStream", [events]));
    expect(records.slice(0, 4).map(({ choices: [one] }) => [one.index, one.delta.content, one.finish_reason])).toEqual([
      [1, "b", null],
      [0, "a", null],
      [1, "", "length"],
      [0, "", "stop"],
    ]);
  });
});

describe("what a backend told beyond Ollama", () => {
  const told: readonly NeutralEvent[] = [
    { kind: "text", choice: 0, text: "a", logprobs: [{ bytes: [97], token: "a", logprob: -0.5, top_logprobs: [] }] },
    { kind: "finish", choice: 0, reason: "stop", stopSequence: "<end>" },
    { kind: "usage", usage: { promptTokens: 9, outputTokens: 5, cachedTokens: 4, thinkingTokens: 2 } },
    { kind: "end" },
  ];

  it("names the stop sequence that was hit to Anthropic's clients", () => {
    expect(JSON.parse(written("/v1/messages", "createWhole", [told]))).toMatchObject({
      stop_reason: "stop_sequence",
      stop_sequence: "<end>",
    });
  });

  it("counts cached and thinking tokens in responses", () => {
    expect(JSON.parse(written("/v1/responses", "createWhole", [told])).usage).toEqual({
      input_tokens: 9,
      output_tokens: 5,
      total_tokens: 14,
      input_tokens_details: { cached_tokens: 4 },
      output_tokens_details: { reasoning_tokens: 2 },
    });
  });

  it("shows log probabilities in a response only to who asked for them", () => {
    const asked = { ...request, logprobs: { top: 0 } };
    const heading = { model: "m", now: () => 0, newId: () => "id", body: {} };
    const shown = (of: NeutralRequest): unknown => {
      const encoder = clientDialects["/v1/responses"].createWhole({ ...heading, request: of });
      encoder.encode(told);
      return JSON.parse(encoder.end()).output[0].content[0].logprobs;
    };
    expect(shown(request)).toEqual([]);
    expect(shown(asked)).toEqual([{ token: "a", logprob: -0.5, bytes: [97] }]);
  });

  it("is zero where it told nothing of usage", () => {
    const silent = told.filter(({ kind }) => kind !== "usage");
    expect(JSON.parse(written("/v1/chat/completions", "createWhole", [silent])).usage.total_tokens).toBe(0);
    expect(written("/v1/chat/completions", "createStream", [silent])).toContain('"total_tokens":0');
  });
});

describe("the response object", () => {
  it("says again what was asked, however deep", () => {
    const schema = JSON.parse(`${'{"b":'.repeat(9000)}1${"}".repeat(9000)}`) as JsonObject;
    const body = {
      tools: [{ type: "function", name: "f", parameters: schema }],
      text: { format: { type: "json_schema", schema } },
    };
    const heading = { model: "m", now: () => 0, newId: () => "id", request, body };
    const encoder = clientDialects["/v1/responses"].createStream(heading);
    expect(encoder.encode([{ kind: "end" }])).toContain('"parameters":{"b":{"b":');
  });
});
