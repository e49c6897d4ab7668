import { describe, expect, it } from "vitest";
import { acceptedFacts, expectRecordedRefusal } from "../../testing/expect-refusal.ts";
import { recording } from "../../testing/recording.ts";
import { completionsReader } from "./read-completions.ts";

const { read, judge } = completionsReader;
const bytes = (text: string): Uint8Array => Buffer.from(text);
const factsOf = (text: string) => acceptedFacts(read(bytes(text)));

describe("plain completions", () => {
  it("v1-completions-prompt-array is left to the node, and judged as recorded when asked", () => {
    const { request } = recording("v1-completions-prompt-array");
    expectRecordedRefusal(judge(request), "v1-completions-prompt-array");
    // Other servers than Ollama take a list.
    expect(acceptedFacts(read(request))).toMatchObject({ kind: "generate", promptCharacters: 2 });
  });

  it.each([
    ["v1-completions-nonstream", { kind: "generate", isStream: false, outputLimit: 8, promptCharacters: 10 }],
    ["v1-completions-stream", { isStream: true, needed: ["completion"], ignored: [] }],
    ["v1-completions-stream-include-usage", { isStream: true, outputLimit: 3 }],
    ["v1-completions-empty-prompt", { kind: "load", isStream: false, promptCharacters: 0 }],
    ["v1-completions-empty-prompt-stream", { kind: "load", isStream: true }],
    ["v1-completions-suffix-unsupported", { needed: ["completion", "insert"], promptCharacters: 2 }],
    ["fail-runner-killed-v1-completions-stream", { isStream: true }],
    ["v1-completions-unknown-model", { model: "nope:1b" }],
  ])("have the facts of %s as the node took them", (name, facts) => {
    const { request } = recording(name);
    expect(judge(request)).toBeUndefined();
    expect(acceptedFacts(read(request))).toMatchObject(facts);
  });

  it("are refused in Ollama's order and words", () => {
    const messageOf = (text: string) => read(bytes(text)).refusal?.message;
    expect(messageOf("")).toBe("EOF");
    expect(read(bytes('{"prompt":"a"}')).refusal).toMatchObject({
      status: 404,
      contentType: "application/json",
      body: `{"error":{"message":"model '' not found","type":"not_found_error","param":null,"code":null}}\n`,
    });
    expect(messageOf('{"model":"a b","stop":["x",1]}')).toBe("invalid type for 'stop' field: float64");
    expect(messageOf('{"model":"a b","stop":[null,1]}')).toBe("invalid type for 'stop' field: <nil>");
    expect(messageOf('{"model":"a b","logprobs":21}')).toBe("top_logprobs must be between 0 and 20");
    expect(messageOf('{"model":"a b","logprobs":-1}')).toBe("invalid model name");
    expect(messageOf('{"model":5,"top_p":1e39}')).toMatch(/CompletionRequest.model of type string/);
    expect(messageOf('{"top_p":1e39}')).toBe(
      "json: cannot unmarshal number 1e39 into Go struct field CompletionRequest.top_p of type float32",
    );
    expect(judge(bytes('{"model":"m","stop":["x"],"logprobs":5,"top_p":3e38}'))).toBeUndefined();
  });

  it("are told what Ollama ignores of them, where it means something", () => {
    const many = '{"model":"m","prompt":"a","n":2,"best_of":3,"echo":true,"logit_bias":{"1":5},"top_k":5,"user":"u"}';
    expect(factsOf(many).ignored.toSorted()).toEqual(["best_of", "echo", "logit_bias", "n", "top_k"]);
    const usual = '{"model":"m","prompt":"a","n":1,"best_of":1,"echo":false,"logit_bias":{},"top_k":null,"x":1}';
    expect(factsOf(usual).ignored).toEqual([]);
  });
});
