import { describe, expect, it } from "vitest";
import { applyEdits } from "../../edits/apply-edits.ts";
import { acceptedFacts, expectRecordedRefusal } from "../../testing/expect-refusal.ts";
import { recording } from "../../testing/recording.ts";
import { responsesReader } from "./read-responses.ts";

const { read, judge } = responsesReader;
const bytes = (text: string): Uint8Array => Buffer.from(text);
const factsOf = (members: string) => acceptedFacts(read(bytes(`{"model":"m",${members}}`)));
const judged = (input: string): string | undefined => judge(bytes(`{"model":"m","input":${input}}`))?.message;

describe("bodies of /v1/responses", () => {
  it.each(["v1-responses-bad-json", "v1-responses-missing-model"])("%s gets the recorded bytes", (name) => {
    expectRecordedRefusal(read(recording(name).request).refusal, name);
  });

  it.each([
    ["v1-responses-stream", { kind: "chat", isStream: true, outputLimit: 8, promptCharacters: 7 }],
    ["v1-responses-nonstream", { isStream: false, needed: ["completion"], ignored: [] }],
    ["v1-responses-items", { kind: "chat", promptCharacters: 16 }],
    ["v1-responses-missing-input", { kind: "load", promptCharacters: 0 }],
    ["v1-responses-previous-id", { ignored: ["previous_response_id"] }],
    ["v1-responses-reasoning-stream", { needed: ["completion", "thinking"] }],
    ["v1-responses-tools-stream", { needed: ["completion", "tools"] }],
    ["v1-responses-unknown-model", { model: "nope:1b" }],
    ["queue-overflow-v1-responses", { isStream: true }],
    ["fail-runner-killed-v1-responses-stream", { isStream: true }],
  ])("have the facts of %s as the node took them", (name, facts) => {
    const { request } = recording(name);
    expect(judge(request)).toBeUndefined();
    expect(acceptedFacts(read(request))).toMatchObject(facts);
  });

  it("count texts, images and sounds of every kind of item", () => {
    const items = [
      { role: "system", content: "ab" },
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_text", text: "cde" },
          { type: "input_image", image_url: "data:" },
        ],
      },
      { type: "reasoning", summary: [], encrypted_content: "f" },
      { type: "function_call", call_id: "c", name: "gh", arguments: "{}" },
      {
        type: "function_call_output",
        call_id: "c",
        output: [
          { type: "output_text", text: "i" },
          { type: "input_image", image_url: "x" },
        ],
      },
      { type: "function_call_output", call_id: "c", output: "jk" },
      {
        type: "message",
        role: "user",
        content: [
          { type: "input_audio", input_audio: {} },
          { type: "input_image", image_url: null },
        ],
      },
    ];
    expect(factsOf(`"instructions":"xyz","input":${JSON.stringify(items)}`)).toMatchObject({
      kind: "chat",
      promptCharacters: 16,
      imageCount: 2,
      needed: ["completion", "vision", "audio"],
    });
  });

  it("ask for a load when nothing in them is a message", () => {
    for (const nothing of ['"input":""', '"input":null', '"input":[]', '"instructions":""', '"stream":null']) {
      expect(factsOf(nothing).kind).toBe("load");
    }
    expect(factsOf('"instructions":"be brief"').kind).toBe("chat");
    expect(factsOf('"instructions":"be brief","instructions":null').kind).toBe("chat");
    expect(factsOf('"input":"a","input":""').kind).toBe("load");
    expect(factsOf('"instructions":"be brief","input":""').kind).toBe("chat");
  });

  it("carry tags, user and fallbacks", () => {
    expect(factsOf('"metadata":{"tags":["t"]},"user":"u","fallback_models":["b"]')).toMatchObject({
      tags: ["t"],
      user: "u",
      fallbackModels: ["b"],
    });
  });

  it("are told what Ollama ignores of them, where it means something", () => {
    const all =
      '"background":true,"conversation":"c","previous_response_id":"r","prompt":{"id":"p"},"store":true,"max_tool_calls":3,"parallel_tool_calls":false,"tool_choice":"required","top_logprobs":2,"include":["message.output_text.logprobs"],"text":{"verbosity":"low"},"truncation":"auto"';
    expect(factsOf(all).ignored.toSorted()).toEqual([
      "background",
      "conversation",
      "include",
      "max_tool_calls",
      "parallel_tool_calls",
      "previous_response_id",
      "prompt",
      "store",
      "text.verbosity",
      "tool_choice",
      "top_logprobs",
    ]);
    const usual =
      '"background":false,"conversation":null,"previous_response_id":null,"store":false,"parallel_tool_calls":true,"tool_choice":"auto","top_logprobs":0,"include":["reasoning.encrypted_content"],"text":{"format":{"type":"text"},"verbosity":"medium"},"service_tier":"auto"';
    expect(factsOf(usual).ignored).toEqual([]);
  });

  it("lose their tools when the client wants none called", () => {
    const tools = [{ type: "function", name: "f", parameters: {} }];
    const body = bytes(JSON.stringify({ model: "m", tools, tool_choice: "none", input: "a" }));
    const result = read(body);
    if (result.refusal !== undefined) throw new Error(result.refusal.message);
    expect(JSON.parse(Buffer.from(applyEdits(body, result.edits)).toString())).toEqual({
      model: "m",
      tool_choice: "none",
      input: "a",
    });
    expect(result.facts).toMatchObject({ needed: ["completion"], ignored: [] });
  });
});

describe("input that Ollama cannot read", () => {
  it.each([
    ["5", "input must be a string or array: json: cannot unmarshal number into Go value of type []json.RawMessage"],
    [
      '["a"]',
      'input[0]: json: cannot unmarshal string into Go value of type struct { Type string "json:\\"type\\""; Role string "json:\\"role\\"" }',
    ],
    ['[{"role":"user"},{}]', "input[1]: input item missing required 'type' field"],
    ["[null]", "input[0]: input item missing required 'type' field"],
    ['[{"type":"web_search_call"}]', 'input[0]: unknown input item type: "web_search_call"'],
    ['[{"type":5}]', "input[0]: json: cannot unmarshal number into Go struct field .type of type string"],
    [
      '[{"role":"user","content":5}]',
      "input[0]: content must be a string or array: json: cannot unmarshal number into Go value of type []json.RawMessage",
    ],
    ['[{"role":"user","content":[{"type":"video"}]}]', "input[0]: content[0]: unknown content type: video"],
    [
      '[{"role":"user","content":[{"type":"input_text","text":5}]}]',
      "input[0]: content[0]: json: cannot unmarshal number into Go struct field ResponsesTextContent.text of type string",
    ],
    [
      '[{"type":"function_call_output","output":true}]',
      "input[0]: output must be a string or array: json: cannot unmarshal bool into Go value of type []json.RawMessage",
    ],
    [
      '[{"type":"reasoning","summary":[{"text":5}]}]',
      "input[0]: json: cannot unmarshal number into Go struct field ResponsesReasoningSummary.summary.text of type string",
    ],
  ])("%s is named in its words", (input, message) => {
    expect(judged(input)).toBe(message);
  });

  it("is none of these", () => {
    for (const input of [
      '"a"',
      "null",
      "[]",
      '[{"role":"user","content":null}]',
      '[{"type":"message"}]',
      '[{"type":"function_call_output","output":[{"type":"input_text","text":"a"}]}]',
      '[{"type":"reasoning"}]',
    ]) {
      expect(judged(input)).toBeUndefined();
    }
  });
});
