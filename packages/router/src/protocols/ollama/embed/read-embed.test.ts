import { describe, expect, it } from "vitest";
import { acceptedFacts, expectRecordedRefusal } from "../../testing/expect-refusal.ts";
import { recording, responseText } from "../../testing/recording.ts";
import { unpulledModelMessage } from "../encode-error.ts";
import { embeddingsReader, embedReader } from "./read-embed.ts";

const readerOf = (path: string) => (path === "/api/embed" ? embedReader : embeddingsReader);
const bytes = (text: string): Uint8Array => Buffer.from(text);
const factsOf = (body: Uint8Array, reader = embedReader) => acceptedFacts(reader.read(body));

describe("bodies of embeddings that Ollama refuses without a model to look at", () => {
  it.each(["embed-empty-body", "embed-missing-model"])("%s gets the recorded bytes", (name) => {
    const { path, request } = recording(name);
    expectRecordedRefusal(readerOf(path).read(request).refusal, name);
  });

  it.each(["embed-bad-input", "embed-bad-input-item"])(
    "%s is left to the node, and judged as recorded when asked",
    (name) => {
      const { path, request } = recording(name);
      expect(readerOf(path).read(request).refusal).toBeUndefined();
      expectRecordedRefusal(readerOf(path).judge(request), name);
    },
  );

  it("are told the first thing that Ollama would find", () => {
    const messageOf = (text: string, reader = embedReader) => reader.read(bytes(text)).refusal?.message;
    expect(messageOf('{"dimensions":"x","input":5}')).toBe(
      "json: cannot unmarshal string into Go struct field EmbedRequest.dimensions of type int",
    );
    expect(messageOf('{"input":5}')).toBe("model '' not found");
    expect(messageOf('{"model":"a b","input":5}')).toBe("invalid model name");
    expect(messageOf('{"prompt":"a"}', embeddingsReader)).toBe("model is required");
    expect(messageOf('{"prompt":["a"]}', embeddingsReader)).toBe(
      "json: cannot unmarshal array into Go struct field EmbeddingRequest.prompt of type string",
    );
    expect(embedReader.judge(bytes('{"model":"m","keep_alive":"5","input":5}'))?.message).toBe(
      'time: missing unit in duration "5"',
    );
  });

  it("name an unknown model as recorded", () => {
    for (const name of ["embed-unknown-model", "embeddings-legacy-unknown"]) {
      const { path, request } = recording(name);
      expect(readerOf(path).judge(request)).toBeUndefined();
      const { model } = factsOf(request, readerOf(path));
      expect(JSON.stringify({ error: unpulledModelMessage(model) })).toBe(responseText(recording(name)));
    }
  });
});

describe("facts of bodies of embeddings", () => {
  it.each([
    ["embed-single-cold", { kind: "embed", model: "all-minilm", isStream: false, promptCharacters: 5 }],
    ["embed-batch", { kind: "embed", promptCharacters: 13, needed: ["embedding"] }],
    ["embed-chat-model", { kind: "embed", needed: ["embedding"] }],
    ["embed-empty-string-in-batch", { kind: "embed", promptCharacters: 1 }],
    ["embed-empty-string", { kind: "load", promptCharacters: 0, needed: ["embedding"] }],
    ["embed-empty-array", { kind: "load" }],
    ["embed-no-input", { kind: "load", keepAlive: "absent" }],
    ["embed-keep-alive-0-no-input", { kind: "load", keepAlive: "zero" }],
    ["embed-keep-alive-0", { kind: "embed", keepAlive: "zero" }],
    ["embed-dimensions-negative", { kind: "embed" }],
    ["embed-cloud-disabled", { kind: "embed", model: "x:cloud" }],
    ["embeddings-legacy", { kind: "embed", promptCharacters: 5, needed: ["embedding"] }],
    ["embeddings-legacy-empty", { kind: "load" }],
    ["embeddings-legacy-input-field", { kind: "load", promptCharacters: 0 }],
  ])("of %s are as the node took them", (name, facts) => {
    const { path, request } = recording(name);
    expect(readerOf(path).judge(request)).toBeUndefined();
    expect(factsOf(request, readerOf(path))).toMatchObject(facts);
  });

  it("have context and load options, tags, user and fallbacks", () => {
    const text =
      '{"model":"m","input":"a","options":{"num_ctx":512,"num_batch":64},"metadata":{"tags":["t"]},"user":"u","fallback_models":["b"]}';
    for (const reader of [embedReader, embeddingsReader]) {
      expect(factsOf(bytes(text), reader)).toMatchObject({
        numCtx: 512,
        loadOptions: "num_batch=64",
        tags: ["t"],
        user: "u",
        fallbackModels: ["b"],
      });
    }
  });

  it("count every form of input, the last one where there are several", () => {
    expect(factsOf(bytes('{"model":"m","input":[1,2,3]}'))).toMatchObject({ promptCharacters: 12, kind: "embed" });
    expect(factsOf(bytes('{"model":"m","input":[[1],[2,3],"ab"]}')).promptCharacters).toBe(14);
    expect(factsOf(bytes('{"model":"m","input":"abc","input":"a"}')).promptCharacters).toBe(1);
    const taken = bytes('{"model":"m","input":"abc","input":null}');
    expect(factsOf(taken)).toMatchObject({ kind: "load" });
    expect(embedReader.judge(taken)).toBeUndefined();
    expect(factsOf(bytes('{"model":"m","prompt":"abc","prompt":null}'), embeddingsReader)).toMatchObject({
      kind: "embed",
      promptCharacters: 3,
    });
  });
});
