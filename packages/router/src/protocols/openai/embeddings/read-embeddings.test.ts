import { describe, expect, it } from "vitest";
import { acceptedFacts, expectRecordedRefusal } from "../../testing/expect-refusal.ts";
import { recording } from "../../testing/recording.ts";
import { embeddingsReader } from "./read-embeddings.ts";

const { read, judge } = embeddingsReader;
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("embeddings in OpenAI's dialect", () => {
  it("without input are refused with the recorded bytes, before anything is loaded for them", () => {
    expectRecordedRefusal(read(recording("v1-embeddings-no-input").request).refusal, "v1-embeddings-no-input");
    for (const input of ["null", "[]"]) {
      expect(read(bytes(`{"model":"m","input":${input}}`)).refusal?.message).toBe("invalid input");
    }
    expect(read(bytes('{"model":"m:cloud","input":[]}')).refusal).toBeUndefined();
  });

  it.each(["v1-embeddings-bad-format", "v1-embeddings-tokens"])(
    "%s is left to the node, and judged as recorded when asked",
    (name) => {
      const { request } = recording(name);
      expect(read(request).refusal).toBeUndefined();
      expectRecordedRefusal(judge(request), name);
    },
  );

  it.each([
    ["v1-embeddings-float", { kind: "embed", isStream: false, needed: ["embedding"], promptCharacters: 5 }],
    ["v1-embeddings-base64", { kind: "embed" }],
    ["v1-embeddings-batch", { promptCharacters: 2 }],
    ["v1-embeddings-empty-input", { kind: "embed", promptCharacters: 0 }],
    ["v1-embeddings-unsupported-model", { kind: "embed", needed: ["embedding"] }],
    ["v1-embeddings-unknown-model", { model: "nope:1b" }],
    ["queue-overflow-v1-embeddings", { kind: "embed" }],
  ])("have the facts of %s as the node took them", (name, facts) => {
    const { request } = recording(name);
    expect(judge(request)).toBeUndefined();
    expect(acceptedFacts(read(request))).toMatchObject(facts);
  });

  it("are refused in Ollama's order", () => {
    const messageOf = (text: string) => read(bytes(text)).refusal?.message;
    expect(messageOf('{"encoding_format":"hex"}')).toMatch(/^Invalid value for 'encoding_format' = hex\. /);
    expect(messageOf("{}")).toBe("invalid input");
    expect(messageOf('{"input":5}')).toBe("model '' not found");
    expect(judge(bytes('{"model":"m","input":5}'))).toMatchObject({
      contentType: "application/json",
      message: "invalid input type",
    });
    expect(judge(bytes('{"model":"m","input":"a","encoding_format":"BASE64"}'))).toBeUndefined();
  });

  it("are told what Ollama ignores of them", () => {
    const text = '{"model":"m","input":"a","keep_alive":0,"options":{"num_ctx":5},"user":"u"}';
    expect(acceptedFacts(read(bytes(text)))).toMatchObject({
      ignored: ["keep_alive", "options"],
      keepAlive: "absent",
      numCtx: undefined,
    });
  });
});
