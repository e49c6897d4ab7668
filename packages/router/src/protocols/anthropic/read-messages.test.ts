import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdits } from "../edits/apply-edits.ts";
import { recording, responseText } from "../testing/recording.ts";
import { createMessagesReader } from "./read-messages.ts";

const ids = { newErrorId: () => "req_0123456789abcdef01234567" };
const messages = createMessagesReader({ ...ids, needsLimit: true });
const counting = createMessagesReader({ ...ids, needsLimit: false });

const accepted = (body: Uint8Array, reader = messages) => {
  const result = reader.read(body);
  if (result.refusal !== undefined) throw new Error(result.refusal.message);
  return result;
};
const bodyWith = (extra: object) =>
  Buffer.from(JSON.stringify({ model: "m", max_tokens: 5, messages: [{ role: "user", content: "hi" }], ...extra }));
const factsOf = (extra: object) => accepted(bodyWith(extra)).facts;
const withContent = (content: unknown) => ({ messages: [{ role: "user", content }] });

/** The body of an error with the id that a test gives. */
const masked = (text: string): string => text.replace(/req_[0-9a-f]{24}/, ids.newErrorId());

describe("messages that Ollama refuses without a model to look at", () => {
  it.each([
    "v1-messages-bad-json",
    "v1-messages-empty-body",
    "v1-messages-empty-messages",
    "v1-messages-missing-max-tokens",
    "v1-messages-missing-model",
  ])("%s gets the recorded bytes", (name) => {
    const recorded = recording(name);
    const expected = {
      status: recorded.status,
      contentType: recorded.contentType,
      body: masked(responseText(recorded)),
    };
    expect(messages.read(recorded.request).refusal).toMatchObject(expected);
    expect(messages.judge(recorded.request)).toMatchObject(expected);
  });

  it.each([
    "v1-messages-beta-query",
    "v1-messages-nonstream",
    "v1-messages-nonstream-max-tokens",
    "v1-messages-stream",
    "v1-messages-thinking-stream",
    "v1-messages-thinking-unsupported",
    "v1-messages-tools-stream",
    "v1-messages-tools-unsupported",
    "v1-messages-unknown-model",
    "queue-overflow-v1-messages",
  ])("%s is let through, and has nothing to be judged", (name) => {
    const { request } = recording(name);
    expect(accepted(request).edits).toEqual([]);
    expect(messages.judge(request)).toBeUndefined();
  });

  it("every refusal has an id of its own", () => {
    let count = 0;
    const newErrorId = () => {
      count += 1;
      return `req_${count}`;
    };
    const reader = createMessagesReader({ newErrorId, needsLimit: true });
    const told = () => JSON.parse(reader.read(Buffer.from("{}")).refusal?.body ?? "").request_id as string;
    expect([told(), told()]).toEqual(["req_1", "req_2"]);
  });

  it.each([
    [" ", "model is required"],
    ["a b", "invalid model name"],
    ["x:local:cloud", 'use either :local or :cloud, not both: "x:local:cloud"'],
  ])("the name %j is found by the handler, which ends its line", (model, message) => {
    const refusal = messages.read(bodyWith({ model })).refusal;
    expect(refusal).toMatchObject({ status: 400, contentType: "application/json", message });
    expect(refusal?.body).toMatch(/"\}\n$/);
  });

  // As a real Ollama 0.24.0 said them when it was asked for a model that it has not.
  it.each([
    [
      { messages: {} },
      "json: cannot unmarshal object into Go struct field MessagesRequest.messages of type []anthropic.MessageParam",
    ],
    [{ messages: [null] }, "unexpected end of JSON input"],
    [{ messages: [{ role: "user" }] }, "unexpected end of JSON input"],
    [
      { messages: ["x"] },
      'json: cannot unmarshal string into Go struct field MessagesRequest.messages of type struct { Role string "json:\\"role\\""; Content json.RawMessage "json:\\"content\\"" }',
    ],
    [
      { messages: [{ role: 5, content: 5 }] },
      "json: cannot unmarshal number into Go struct field MessagesRequest.messages.role of type string",
    ],
    [
      withContent({ type: "text" }),
      "json: cannot unmarshal object into Go struct field MessagesRequest.messages of type []anthropic.ContentBlock",
    ],
    [
      withContent([{ type: "image", source: { type: 5 } }]),
      "json: cannot unmarshal number into Go struct field MessagesRequest.messages.source.type of type string",
    ],
    [withContent([{ type: "tool_use", input: "x" }]), "Value looks like object, but can't find closing '}' symbol"],
    [withContent([{ type: "tool_use", input: null }]), "tool_use block missing required 'id' field"],
    [withContent([{ type: "tool_use", id: "x", input: {} }]), "tool_use block missing required 'name' field"],
    [withContent([{ type: "image", source: null }]), "invalid image source"],
    [
      withContent([{ type: "image", source: { type: "url", url: "http://x" } }]),
      "invalid image source type: url. Only base64 images are supported.",
    ],
    [withContent([{ type: "tool_result", content: [{ type: "image" }] }]), "invalid tool_result image source"],
    [
      { max_tokens: 1.5 },
      "json: cannot unmarshal number 1.5 into Go struct field MessagesRequest.max_tokens of type int",
    ],
    [{ max_tokens: -5 }, "max_tokens is required and must be positive"],
    [{ tools: [{ name: 5 }] }, "json: cannot unmarshal number into Go struct field Tool.tools.name of type string"],
    [
      { tools: [{ name: "f", input_schema: 5 }] },
      'invalid input_schema for tool "f": json: cannot unmarshal number into Go value of type api.ToolFunctionParameters',
    ],
    [
      { tools: [{ input_schema: 5 }], ...withContent([{ type: "tool_use" }]) },
      "tool_use block missing required 'id' field",
    ],
    [
      { tool_choice: "auto" },
      "json: cannot unmarshal string into Go struct field MessagesRequest.tool_choice of type anthropic.ToolChoice",
    ],
    [
      { model: 5, messages: [{ content: 5 }] },
      "json: cannot unmarshal number into Go struct field MessagesRequest.messages of type []anthropic.ContentBlock",
    ],
  ])("%j is judged in Ollama's words", (extra, message) => {
    const refusal = messages.judge(bodyWith(extra));
    expect([refusal?.status, refusal?.contentType, refusal?.message]).toEqual([
      400,
      "application/json; charset=utf-8",
      message,
    ]);
  });

  it.each([
    [{ tools: [{ name: "f", input_schema: null }, null, { type: "web_search_20250305", input_schema: 5 }] }],
    [withContent([{ type: "document", source: { type: "text", data: "x" } }, null, {}])],
    [withContent([{ type: "tool_result", content: 5 }])],
    [withContent(null)],
    [{ system: 5, metadata: null, thinking: null }],
  ])("%j is no reason to refuse", (extra) => {
    expect(messages.judge(bodyWith(extra))).toBeUndefined();
  });

  it("a cloud model's body is not looked at, for the cloud judges it", () => {
    expect(accepted(bodyWith({ model: "m:cloud", messages: [], max_tokens: 0 })).facts.kind).toBe("chat");
  });
});

describe("facts of messages", () => {
  it.each([
    [
      "v1-messages-stream",
      { kind: "chat", isStream: true, needed: ["completion"], outputLimit: 8, promptCharacters: 7 },
    ],
    ["v1-messages-nonstream", { isStream: false, model: "smollm2:135m" }],
    ["v1-messages-nonstream-max-tokens", { promptCharacters: "Be brief.Say hi.".length, outputLimit: 2 }],
    ["v1-messages-tools-stream", { needed: ["completion", "tools"] }],
    ["v1-messages-thinking-unsupported", { needed: ["completion"], ignored: ["thinking.budget_tokens"] }],
  ])("of %s are as the node took them", (name, facts) => {
    const { request } = recording(name);
    const result = accepted(request);
    expect(result.facts).toMatchObject(facts);
    const { start, end } = result.facts.modelRange;
    expect(JSON.parse(Buffer.from(request.subarray(start, end)).toString())).toBe(result.facts.model);
  });

  it("count texts and images wherever they stand, results of tools included", () => {
    const image = { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } };
    const content = [
      { text: "four", type: "text" },
      { type: "thinking", thinking: "think", signature: "not counted" },
      image,
      { type: "tool_use", id: "t", name: "run", input: { a: 1 } },
      { type: "tool_result", tool_use_id: "t", content: [{ type: "text", text: "done" }, image, image] },
      { type: "tool_result", tool_use_id: "t", content: "plain" },
    ];
    expect(
      factsOf({
        messages: [
          { role: "user", content },
          { role: "user", content: "äöü" },
        ],
        system: "sys",
      }),
    ).toMatchObject({
      promptCharacters: 4 + 5 + 3 + 7 + 4 + 5 + 3 + 3,
      imageCount: 3,
      needed: ["completion", "vision"],
    });
  });

  it("count what a type says, not what else is in the block", () => {
    const blocks = [{ type: "image", text: "no", source: {} }, { type: "text", thinking: "no" }, { text: "no type" }];
    expect(factsOf(withContent(blocks))).toMatchObject({ promptCharacters: 0, imageCount: 1 });
  });

  it("carry who asks, tags and fallbacks", () => {
    const metadata = { user_id: "u-1", tags: ["a", "b", "a"] };
    expect(factsOf({ metadata, fallback_models: ["x"] })).toMatchObject({
      user: "u-1",
      tags: ["a", "b"],
      fallbackModels: ["x"],
    });
  });

  it("name what Ollama leaves out, and nothing that a client made up", () => {
    const cached = { cache_control: { type: "ephemeral" } };
    expect(
      [
        ...factsOf({
          system: [{ type: "text", text: "s", ...cached }],
          tools: [{ name: "f", ...cached }],
          tool_choice: { type: "any", disable_parallel_tool_use: true },
          thinking: { type: "adaptive" },
          output_config: { effort: "high", format: { type: "json_schema" } },
          service_tier: "auto",
          container: null,
          ...withContent([
            { type: "document", source: {} },
            { type: "x".repeat(9000) },
            { type: "tool_result", is_error: true, content: [] },
          ]),
        }).ignored,
      ].toSorted(),
    ).toEqual(
      [
        "cache_control",
        "disable_parallel_tool_use",
        "document",
        "is_error",
        "messages.content",
        "output_config.format",
        "service_tier",
        "thinking.adaptive",
        "tool_choice",
      ].toSorted(),
    );
    expect(factsOf({ tool_choice: { type: "auto" }, top_k: 5, temperature: 1, stop_sequences: ["x"] }).ignored).toEqual(
      [],
    );
  });

  it("follow Go where a member comes twice or is null", () => {
    const text = '"messages":[{"content":"x"}],"max_tokens":7,"max_tokens":null,"stream":true,"stream":null';
    expect(accepted(Buffer.from(`{"model":"m",${text},"MODEL":"n"}`)).facts).toMatchObject({
      model: "n",
      outputLimit: 7,
      isStream: true,
    });
    const twice = `{"model":"m","max_tokens":1,"messages":[{"content":"long text"}],"messages":[{"content":"x"}]}`;
    expect(accepted(Buffer.from(twice)).facts.promptCharacters).toBe(1);
    const taken = `{"model":"m","max_tokens":1,"messages":[{"content":"x"}],"messages":null}`;
    expect(messages.read(Buffer.from(taken)).refusal?.message).toBe("messages is required");
  });
});

describe("a client that wants no tool to be called", () => {
  const asked = { tools: [{ name: "f", input_schema: { type: "object" } }] };

  it("has its tools left out, and needs no model that can call any", () => {
    const body = bodyWith({ ...asked, tool_choice: { type: "none" } });
    const { facts, edits } = accepted(body);
    const edited = JSON.parse(Buffer.from(applyEdits(body, edits)).toString()) as object;
    expect(edited).not.toHaveProperty("tools");
    expect(edited).toHaveProperty("tool_choice", { type: "none" });
    expect([facts.needed, facts.ignored, facts.promptCharacters]).toEqual([["completion"], [], "hi".length]);
  });

  it.each(["auto", "any", "tool"])("keeps them with %s, byte for byte", (type) => {
    const { facts, edits } = accepted(bodyWith({ ...asked, tool_choice: { type, name: "f" } }));
    expect(edits).toEqual([]);
    expect(facts.needed).toContain("tools");
    expect(facts.ignored).toEqual(type === "auto" ? [] : ["tool_choice"]);
  });

  it("may take its wish back", () => {
    const body =
      '{"model":"m","max_tokens":1,"messages":[{"content":"x"}],"tool_choice":{"type":"none"},"tool_choice":null}';
    expect(accepted(Buffer.from(body)).edits).toEqual([]);
  });
});

describe("counting tokens", () => {
  it("needs no limit of the answer, but everything else", () => {
    const body = Buffer.from('{"model":"m","messages":[{"role":"user","content":"hello"}]}');
    expect(accepted(body, counting).facts.promptCharacters).toBe(5);
    expect(counting.judge(body)).toBeUndefined();
    expect(messages.read(body).refusal?.message).toMatch(/^max_tokens/);
    expect(counting.read(Buffer.from('{"model":"m","messages":[]}')).refusal?.message).toBe("messages is required");
    expect(counting.read(Buffer.from('{"messages":[{}]}')).refusal?.message).toBe("unexpected end of JSON input");
    expect(counting.read(Buffer.from("[]")).refusal?.message).toMatch(/^json: cannot unmarshal array/);
  });
});

/** A block and what it brings, reckoned in the plainest way. */
const arbitraryBlock = fc.oneof(
  fc
    .string({ unit: "grapheme" })
    .map((text) => ({ block: { type: "text", text }, characters: [...text].length, images: 0 })),
  fc
    .string()
    .map((thinking) => ({ block: { type: "thinking", thinking }, characters: [...thinking].length, images: 0 })),
  fc.base64String().map((base64) => ({
    block: { type: "image", source: { type: "base64", data: base64 } },
    characters: 0,
    images: 1,
  })),
  fc.array(fc.string({ unit: "binary" }), { maxLength: 3 }).map((texts) => ({
    block: { type: "tool_result", content: [...texts.map((text) => ({ type: "text", text })), { type: "image" }] },
    characters: [...texts.join("").toWellFormed()].length,
    images: 1,
  })),
);

describe("any body", () => {
  it("is counted as it would be parsed", () => {
    fc.assert(
      fc.property(fc.array(fc.array(arbitraryBlock, { maxLength: 4 }), { minLength: 1, maxLength: 4 }), (turns) => {
        const facts = factsOf({
          messages: turns.map((turn) => ({ role: "user", content: turn.map(({ block }) => block) })),
        });
        const all = turns.flat();
        expect([facts.promptCharacters, facts.imageCount]).toEqual([
          all.reduce((sum, { characters }) => sum + characters, 0),
          all.reduce((sum, { images }) => sum + images, 0),
        ]);
      }),
    );
  });

  it("of any bytes or any JSON is read or refused, never thrown at", () => {
    const keys = fc.constantFrom(
      ...[
        "model",
        "max_tokens",
        "messages",
        "system",
        "tools",
        "tool_choice",
        "thinking",
        "metadata",
        "content",
        "type",
      ],
      ...["__proto__", "constructor", "toString", "Messages", "output_config", "source", "input", "stream"],
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.jsonValue(),
        fc.constantFrom("text", "image", "tool_result", "tool_use", "none", "m", 1, null),
        fc.array(tie("value"), { maxLength: 4 }),
        fc.array(fc.tuple(keys, tie("value")), { maxLength: 6 }).map((pairs) => ({ pairs })),
      ),
    })).value;
    const text = (value: unknown): string => {
      const pairs = (value as { pairs?: unknown } | null)?.pairs;
      if (Array.isArray(pairs))
        return `{${pairs.map(([key, inner]) => `${JSON.stringify(key)}:${text(inner)}`).join()}}`;
      return Array.isArray(value) ? `[${value.map(text).join()}]` : JSON.stringify(value);
    };
    const member = fc.tuple(keys, json).map(([key, value]) => `${JSON.stringify(key)}:${text(value)}`);
    const object = fc.array(member, { maxLength: 8 }).map((members) => Buffer.from(`{${members.join()}}`));
    const cut = fc.tuple(object, fc.nat()).map(([whole, at]) => whole.subarray(0, at % (whole.length + 1)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), object, cut), (body) => {
        for (const reader of [messages, counting]) {
          const { refusal } = reader.read(body);
          reader.judge(body);
          if (refusal !== undefined) expect(JSON.parse(refusal.body)).toHaveProperty("error.message");
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("may nest to Ollama's own bound, and is refused as there beyond it", () => {
    const nested = (depth: number) =>
      Buffer.from(`{"model":"m","max_tokens":1,"messages":[{"content":${"[".repeat(depth)}${"]".repeat(depth)}}]}`);
    expect(accepted(nested(9_990)).facts.promptCharacters).toBe(0);
    expect(messages.judge(nested(9_990))?.message).toMatch(/ContentBlock$/);
    expect(messages.read(nested(10_100)).refusal?.message).toMatch(/exceeded max depth/);
  });

  it("may hold one text of ten megabytes", () => {
    expect(factsOf(withContent([{ type: "text", text: "x".repeat(10 << 20) }])).promptCharacters).toBe(10 << 20);
  });
});
