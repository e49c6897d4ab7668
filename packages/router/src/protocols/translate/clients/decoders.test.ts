import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject, NeutralRequest } from "../neutral.ts";
import { type ClientRoute, clientDialects } from "./client-dialects.ts";

const decode = (route: ClientRoute, body: unknown) => clientDialects[route].decode(body as JsonObject);

const read = (route: ClientRoute, body: unknown): NeutralRequest => {
  const request = decode(route, body);
  if ("untranslatable" in request) throw new Error(request.untranslatable);
  return request;
};

const why = (route: ClientRoute, body: unknown): string => {
  const request = decode(route, body);
  return "untranslatable" in request ? request.untranslatable : "";
};

const text = (said: string) => ({ kind: "text", text: said });
const png = "iVBORw0KGgo=";
const image = { kind: "image", mediaType: "image/png", base64: png };
const tool = {
  type: "function",
  function: { name: "f", description: "d", parameters: { type: "object" }, strict: true },
};
const hi = { messages: [{ role: "user", content: "hi" }] };

describe("/v1/chat/completions", () => {
  it("tells everything that has a place", () => {
    const body = {
      ...hi,
      stream: true,
      stream_options: { include_usage: true },
      tools: [tool],
      tool_choice: { type: "function", function: { name: "f" } },
      parallel_tool_calls: false,
      n: 2,
      response_format: {
        type: "json_schema",
        json_schema: { name: "answer", schema: { type: "object" }, strict: true },
      },
      reasoning_effort: "xhigh",
      logprobs: true,
      top_logprobs: 3,
      temperature: 0,
      top_p: 0.5,
      seed: 7,
      stop: "end",
      max_completion_tokens: 9,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      logit_bias: { "5": -100 },
    };
    expect(read("/v1/chat/completions", body)).toEqual({
      isStream: true,
      wantsUsage: true,
      messages: [{ role: "user", parts: [text("hi")], toolCalls: [] }],
      tools: [{ name: "f", description: "d", parameters: { type: "object" }, strict: true }],
      toolChoice: { name: "f" },
      parallelToolCalls: false,
      choices: 2,
      format: { kind: "schema", name: "answer", schema: { type: "object" }, strict: true },
      thinking: "max",
      logprobs: { top: 3 },
      sampling: {
        temperature: 0,
        topP: 0.5,
        seed: 7,
        stop: ["end"],
        maxTokens: 9,
        frequencyPenalty: 0.1,
        presencePenalty: 0.2,
        logitBias: { "5": -100 },
      },
    });
  });

  it("has a temperature and a top_p of 1 where none is named, as in Ollama", () => {
    expect(read("/v1/chat/completions", hi)).toEqual({
      isStream: false,
      wantsUsage: false,
      messages: [{ role: "user", parts: [text("hi")], toolCalls: [] }],
      tools: [],
      sampling: { temperature: 1, topP: 1 },
    });
  });

  it("reads pictures, sounds, roles, calls and their results", () => {
    const { messages } = read("/v1/chat/completions", {
      messages: [
        { role: "developer", content: "be kind" },
        {
          role: "USER",
          content: [
            { type: "text", text: "what" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${png}` } },
            { type: "input_audio", input_audio: { data: "aGkh", format: "mp3" } },
          ],
        },
        {
          role: "assistant",
          content: null,
          reasoning: "hm",
          tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"a": 1}' } }],
        },
        { role: "tool", tool_call_id: "c1", content: "2" },
      ],
    });
    expect(messages).toEqual([
      { role: "system", parts: [text("be kind")], toolCalls: [] },
      {
        role: "user",
        parts: [text("what"), image, { kind: "audio", format: "mp3", base64: "aGkh" }],
        toolCalls: [],
      },
      {
        role: "assistant",
        parts: [],
        thinking: "hm",
        toolCalls: [{ id: "c1", name: "f", argumentsText: '{"a": 1}' }],
      },
      { role: "tool", parts: [text("2")], toolCalls: [], toolCallId: "c1", toolName: "f" },
    ]);
  });

  it("matches keys as Go does, the last of equal ones counting", () => {
    const { sampling } = read("/v1/chat/completions", { ...hi, temperature: 0, TEMPERATURE: 0.5 });
    expect(sampling.temperature).toBe(0.5);
  });

  it.each([
    [{ functions: [{}] }, "functions: it is deprecated and has no translation; use tools"],
    [{ verbosity: "low" }, "verbosity: no other API has a counterpart"],
    [{ modalities: ["text", "audio"] }, "modalities: only text can be answered"],
    [{ web_search_options: { a: 1 } }, "web_search_options: no backend searches the web"],
    [{ n: 0 }, "n: must be a whole number from 1 on"],
    [{ stop: 5 }, "stop: must be a text or a list of texts"],
    [{ seed: 1.5 }, "seed: must be a whole number"],
    [{ temperature: "hot" }, "temperature: must be a number"],
    [{ tools: [{ type: "custom" }] }, 'tools[0].type: tools of the type "custom" cannot be translated'],
    [{ tools: [{ type: "function", function: { name: 5 } }] }, "tools[0].function.name: must be a text"],
    [{ tool_choice: { type: "allowed_tools" } }, "tool_choice: must be auto, none, required, or name a function"],
    [{ response_format: { type: "grammar" } }, "response_format.type: must be text, json_object or json_schema"],
    [{ response_format: { type: "json_schema" } }, "response_format.json_schema: must hold a JSON Schema object"],
    [
      { reasoning_effort: "huge" },
      `invalid reasoning value: 'huge' (must be "high", "medium", "low", "max", or "none")`,
    ],
    [{ messages: [{ role: "user" }] }, "invalid message content type: <nil>"],
    [{ messages: [{ role: "user", content: [{ type: "file" }] }] }, "invalid message format"],
    [{ messages: [{ role: "judge", content: "" }] }, 'messages[0].role: "judge" is no role that can be translated'],
    [
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "http://a/b.png" } }] }] },
      "image URLs are not currently supported, please use base64 encoded data instead",
    ],
    [
      { messages: [{ role: "assistant", content: "", tool_calls: [{ function: { name: "f", arguments: "[" } }] }] },
      "invalid tool call arguments",
    ],
  ])("cannot say %j", (members, reason) => {
    expect(why("/v1/chat/completions", { ...hi, ...members })).toBe(reason);
  });

  it("leaves out what never changes an answer, and what no API documents", () => {
    const silent = { user: "u", metadata: { a: "b" }, store: true, service_tier: "auto", fallback_models: ["x"] };
    const empty = {
      functions: [],
      web_search_options: null,
      verbosity: "medium",
      modalities: ["text"],
      foo: { bar: 1 },
    };
    expect(read("/v1/chat/completions", { ...hi, ...silent, ...empty })).toEqual(read("/v1/chat/completions", hi));
  });
});

describe("/v1/completions", () => {
  it("tells prompt, gap and alternatives, with Ollama's defaults", () => {
    expect(read("/v1/completions", { prompt: "a", suffix: "c", n: 2, logprobs: 2, stop: ["x"], top_p: 0 })).toEqual({
      isStream: false,
      wantsUsage: false,
      messages: [],
      prompt: "a",
      suffix: "c",
      tools: [],
      choices: 2,
      logprobs: { top: 2 },
      sampling: { temperature: 1, topP: 1, frequencyPenalty: 0, presencePenalty: 0, stop: ["x"] },
    });
  });

  it.each([
    [{ prompt: ["a", "b"] }, "prompt: must be a text"],
    [{ prompt: "a", echo: true }, "echo: no other API has a counterpart"],
    [{ prompt: "a", best_of: 3 }, "best_of: no other API has a counterpart"],
  ])("cannot say %j", (body, reason) => {
    expect(why("/v1/completions", body)).toBe(reason);
  });
});

describe("/v1/responses", () => {
  it("tells the whole conversation", () => {
    const request = read("/v1/responses", {
      instructions: "be brief",
      input: [
        {
          role: "user",
          content: [
            { type: "input_text", text: "a" },
            { type: "input_image", image_url: `data:;base64,${png}` },
          ],
        },
        { type: "reasoning", encrypted_content: "hm", summary: [] },
        { type: "function_call", call_id: "c1", name: "f", arguments: "" },
        { type: "function_call", call_id: "c2", name: "g", arguments: "{}" },
        { type: "function_call_output", call_id: "c1", output: [{ type: "input_text", text: "1" }] },
        { type: "reasoning", summary: [{ type: "summary_text", text: "so" }] },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "b" }] },
      ],
      tools: [{ type: "function", name: "f", description: null, strict: null, parameters: { type: "object" } }],
      tool_choice: { type: "function", name: "f" },
      text: { format: { type: "json_schema", name: "n", schema: { type: "object" } } },
      reasoning: { effort: "minimal", summary: "auto" },
      max_output_tokens: 5,
      include: ["message.output_text.logprobs"],
      stream: true,
    });
    expect(request).toEqual({
      isStream: true,
      wantsUsage: false,
      messages: [
        { role: "system", parts: [text("be brief")], toolCalls: [] },
        { role: "user", parts: [text("a"), image], toolCalls: [] },
        {
          role: "assistant",
          parts: [],
          thinking: "hm",
          toolCalls: [
            { id: "c1", name: "f", argumentsText: "" },
            { id: "c2", name: "g", argumentsText: "{}" },
          ],
        },
        { role: "tool", parts: [text("1")], toolCalls: [], toolCallId: "c1" },
        { role: "assistant", parts: [text("b")], thinking: "so", toolCalls: [] },
      ],
      tools: [{ name: "f", parameters: { type: "object" } }],
      toolChoice: { name: "f" },
      format: { kind: "schema", name: "n", schema: { type: "object" } },
      thinking: "minimal",
      logprobs: { top: 0 },
      sampling: { temperature: 1, maxTokens: 5 },
    });
  });

  it.each([
    [{ previous_response_id: "resp_1" }, /^previous_response_id: responses are not stored/],
    [{ conversation: "conv_1" }, /^conversation: /],
    [{ prompt: { id: "p" } }, /^prompt: /],
    [{ tools: [{ type: "web_search" }] }, /^tools\[0\]\.type: tools of the type "web_search"/],
    [{ text: { verbosity: "low" } }, /^text\.verbosity: /],
    [{ n: 2 }, /^n: /],
    [{ reasoning: { effort: "huge" } }, /^invalid reasoning value: "huge"/],
    [{ input: [{ type: "item_reference", id: "x" }] }, /^input\[0\]: unknown input item type: "item_reference"$/],
    [{ input: [{}] }, /^input\[0\]: input item missing required 'type' field$/],
    [{ input: [{ role: "user", content: [{ type: "input_file" }] }] }, /^file inputs are not currently supported$/],
    [{ input: [{ role: "user", content: [{ type: "input_image", file_id: "x" }] }] }, /content\[0\]\.image_url: /],
    [{ input: [{ type: "function_call", arguments: "[" }] }, /^input\[0\]\.arguments: failed to parse/],
    [{ input: 5 }, /^input: must be a list$/],
  ])("cannot say %j", (members, reason) => {
    expect(why("/v1/responses", { input: "hi", ...members })).toMatch(reason);
  });
});

describe("/v1/messages", () => {
  it("tells the whole conversation, results of tools as messages of their own", () => {
    const source = { type: "base64", media_type: "image/png", data: png };
    const request = read("/v1/messages", {
      max_tokens: 5,
      system: [
        { type: "text", text: "be ", cache_control: { type: "ephemeral" } },
        { type: "text", text: "brief" },
      ],
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "image", source },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "thinking", thinking: "hm", signature: "s" },
            { type: "redacted_thinking", data: "x" },
            { type: "tool_use", id: "t1", name: "f", input: { b: "<", a: 1 } },
          ],
        },
        {
          role: "user",
          content: [
            { type: "text", text: "now" },
            {
              type: "tool_result",
              tool_use_id: "t1",
              content: [
                { type: "text", text: "1" },
                { type: "image", source },
              ],
            },
          ],
        },
        { role: "assistant", content: "The answer is" },
      ],
      tools: [{ name: "f", input_schema: { type: "object" } }],
      tool_choice: { type: "any", disable_parallel_tool_use: true },
      thinking: { type: "enabled", budget_tokens: 1024 },
      stop_sequences: ["x"],
      top_k: 3,
      metadata: { user_id: "u" },
    });
    expect(request).toEqual({
      isStream: false,
      wantsUsage: false,
      messages: [
        { role: "system", parts: [text("be brief")], toolCalls: [] },
        { role: "user", parts: [image, text("a")], toolCalls: [] },
        {
          role: "assistant",
          parts: [],
          thinking: "hm",
          toolCalls: [{ id: "t1", name: "f", argumentsText: '{"b":"\\u003c","a":1}' }],
        },
        { role: "tool", parts: [image, text("1")], toolCalls: [], toolCallId: "t1" },
        { role: "user", parts: [text("now")], toolCalls: [] },
        { role: "assistant", parts: [text("The answer is")], toolCalls: [] },
      ],
      tools: [{ name: "f", parameters: { type: "object" } }],
      toolChoice: "required",
      parallelToolCalls: false,
      thinking: true,
      sampling: { topK: 3, stop: ["x"], maxTokens: 5 },
    });
  });

  it.each([
    [{ thinking: { type: "disabled" }, output_config: { effort: "high" } }, false],
    [{ thinking: { type: "adaptive" }, output_config: { effort: " XHigh " } }, "high"],
    [{ output_config: { effort: "odd" } }, undefined],
  ])("reads from %j the wish to think %j", (members, thinking) => {
    expect(read("/v1/messages", { ...hi, max_tokens: 1, ...members }).thinking).toBe(thinking);
  });

  it("reads the form of the answer", () => {
    const format = { type: "json_schema", schema: { type: "object" } };
    const wanted = { kind: "schema", name: "response", schema: { type: "object" } };
    expect(read("/v1/messages", { ...hi, output_config: { format } }).format).toEqual(wanted);
    expect(read("/v1/messages", { ...hi, output_format: format }).format).toEqual(wanted);
  });

  const block = (content: unknown) => ({ messages: [{ role: "user", content: [content] }] });
  it.each([
    [block({ type: "document", source: {} }), /^messages\[0\]\.content\[0\]\.type: blocks of the type "document"/],
    [block({ type: "image", source: { type: "url", url: "https://x" } }), /^invalid image source type: url\. Only/],
    [block({ type: "image" }), /^invalid image source$/],
    [block({ type: "image", source: { type: "base64", data: "*" } }), /^invalid base64 image data: illegal base64/],
    [block({ type: "tool_use", name: "f", input: {} }), /^tool_use block missing required 'id' field$/],
    [block({ type: "tool_result", content: [{ type: "document" }] }), /content\[0\]\.type: only text and images/],
    [{ ...hi, tools: [{ type: "bash_20250124", name: "bash" }] }, /^tools\[0\]\.type: tools of the type "bash_/],
    [{ ...hi, tools: [{ name: "f", input_schema: 5 }] }, /^tools\[0\]\.input_schema: must be an object$/],
    [{ ...hi, mcp_servers: [{}] }, /^mcp_servers: /],
    [{ ...hi, tool_choice: { type: "tool" } }, /^tool_choice\.name: must name a tool$/],
    [{ ...hi, system: 5 }, /^system: must be a text$/],
  ])("cannot say %j", (body, reason) => {
    expect(why("/v1/messages", { max_tokens: 1, ...body })).toMatch(reason);
  });
});

describe("/api/chat", () => {
  it("tells everything, and keeps what only Ollama has", () => {
    const request = read("/api/chat", {
      messages: [
        { role: "user", content: "a", images: [png] },
        {
          role: "assistant",
          content: "",
          thinking: "hm",
          tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }],
        },
        { role: "tool", tool_name: "f", content: "2" },
      ],
      tools: [tool],
      format: { type: "object" },
      think: "low",
      logprobs: true,
      top_logprobs: 2,
      keep_alive: "5m",
      truncate: false,
      shift: true,
      options: { temperature: 0.5, num_predict: -1, top_k: 5.9, stop: ["x"], num_ctx: 4096, mirostat: 1, seed: null },
    });
    expect(request).toEqual({
      isStream: true,
      wantsUsage: false,
      messages: [
        { role: "user", parts: [image, text("a")], toolCalls: [] },
        { role: "assistant", parts: [], thinking: "hm", toolCalls: [{ id: "", name: "f", argumentsText: '{"a":1}' }] },
        { role: "tool", parts: [text("2")], toolCalls: [], toolName: "f" },
      ],
      tools: [{ name: "f", description: "d", parameters: { type: "object" }, strict: true }],
      format: { kind: "schema", name: "response", schema: { type: "object" } },
      thinking: "low",
      logprobs: { top: 2 },
      sampling: { temperature: 0.5, topK: 5, stop: ["x"] },
      native: {
        options: { num_ctx: 4096, mirostat: 1 },
        keepAlive: "5m",
        members: { truncate: false, shift: true },
      },
    });
  });

  it.each([
    [{ format: "xml" }, 'invalid format: "\\"xml\\""; expected "json" or a valid JSON Schema object'],
    [{ options: { temperature: "hot" } }, 'option "temperature" must be of type float32'],
    [{ options: { stop: "x" } }, 'option "stop" must be of type array'],
    [{ think: "hard" }, 'think: must be true, false, "low", "medium", "high" or "max"'],
    [{ messages: [{ role: "user", images: ["*"] }] }, "illegal base64 data at input byte 0"],
    [{ _debug_render_only: true }, "_debug_render_only: only Ollama's own route can show the rendered prompt"],
  ])("cannot say %j", (members, reason) => {
    expect(why("/api/chat", { ...hi, ...members })).toBe(reason);
  });
});

describe("/api/generate", () => {
  it("is a conversation where the prompt goes through a template", () => {
    const { messages, prompt } = read("/api/generate", { prompt: "a", system: "s", images: [png] });
    expect(prompt).toBeUndefined();
    expect(messages).toEqual([
      { role: "system", parts: [text("s")], toolCalls: [] },
      { role: "user", parts: [image, text("a")], toolCalls: [] },
    ]);
  });

  it("is a plain completion where the prompt is raw or has a gap", () => {
    expect(read("/api/generate", { prompt: "a", raw: true })).toMatchObject({ prompt: "a", native: { isRaw: true } });
    expect(read("/api/generate", { prompt: "a", suffix: "c" })).toMatchObject({
      prompt: "a",
      suffix: "c",
      messages: [],
    });
  });

  it("says nothing to a model without a prompt: that is a load", () => {
    const request = read("/api/generate", { system: "s", images: [png], keep_alive: 0 });
    expect(request).toMatchObject({ messages: [], native: { keepAlive: 0 } });
    expect(request.prompt).toBeUndefined();
  });

  it.each([
    [{ context: [1, 2] }, "context: token numbers of one backend mean nothing to another"],
    [{ raw: true, system: "s" }, "raw mode does not support template, system, or context"],
    [{ raw: true, images: [png] }, "images: a raw prompt cannot be translated with them"],
    [{ width: 512 }, "width: pictures cannot be made by a text route"],
  ])("cannot say %j", (members, reason) => {
    expect(why("/api/generate", { prompt: "a", ...members })).toBe(reason);
  });
});

const routes = Object.keys(clientDialects) as readonly ClientRoute[];

/** Names that the readers look for, so that random bodies get deep into them. */
const names = fc.constantFrom(
  ...["messages", "input", "content", "role", "type", "text", "tools", "function", "name", "arguments", "parameters"],
  ...["image_url", "input_audio", "source", "data", "tool_calls", "options", "stop", "format", "reasoning", "thinking"],
  ...[
    "system",
    "images",
    "tool_choice",
    "output",
    "summary",
    "n",
    "prompt",
    "raw",
    "__proto__",
    "constructor",
    "toString",
  ],
);
const words = fc.constantFrom(
  ...["user", "assistant", "tool", "message", "text", "image", "image_url", "input_audio", "function", "tool_use"],
  ...["tool_result", "thinking", "function_call", "function_call_output", "reasoning", "input_text", "input_image"],
  ...["json_schema", "base64", "data:;base64,aQ==", "aQ==", "{}", "[", "auto"],
);
const { body: anyBody } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 6 }, words, fc.jsonValue(), fc.array(tie("value"), { maxLength: 4 }), tie("body")),
  body: fc.dictionary(names, tie("value"), { maxKeys: 8 }).map((members) => {
    // Own members only, also those whose names mean something to JavaScript.
    return JSON.parse(JSON.stringify(members)) as JsonObject;
  }),
}));

describe("any JSON", () => {
  it.each(routes)("is read or refused by %s, never thrown at", (route) => {
    fc.assert(
      fc.property(fc.oneof(anyBody as fc.Arbitrary<JsonObject>, fc.jsonValue() as fc.Arbitrary<Json>), (body) => {
        const request = decode(route, body);
        if ("untranslatable" in request) expect(request.untranslatable).not.toBe("");
        else expect(Array.isArray(request.messages)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  const deep = (inner: string): Json => JSON.parse(`${'{"a":['.repeat(5000)}${inner}${"]}".repeat(5000)}`) as Json;
  it.each(routes)("nested 10,000 deep passes %s", (route) => {
    const parameters = deep("1");
    const described = { name: "f", parameters, input_schema: parameters };
    const call = { id: "c", function: { name: "f", arguments: parameters } };
    const content = [{ type: "tool_use", id: "c", name: "f", input: parameters }];
    const bodies = [
      { tools: [{ type: "function", function: described, ...described }], ...hi, input: "x", prompt: "x" },
      { messages: [{ role: "assistant", content: "x", tool_calls: [call] }] },
      { messages: [{ role: "assistant", content }] },
      { messages: parameters, input: parameters, prompt: parameters, format: [parameters], options: parameters },
    ];
    for (const body of bodies) expect(() => decode(route, body)).not.toThrow();
  });

  it.each(routes)("of a hundred thousand small parts takes %s no time to speak of", (route) => {
    const many = <Item>(item: Item): Item[] => Array.from({ length: 100_000 }, () => item);
    const call = { id: "c", type: "function", function: { name: "f", arguments: "{}" } };
    decode(route, {
      messages: many({ role: "assistant", content: "x", tool_calls: [call] }),
      input: many({ type: "function_call", call_id: "c", name: "f", arguments: "{}" }),
      stop: many("x"),
    });
  });
});
