import { describe, expect, it } from "vitest";
import { acceptedFacts } from "../../testing/expect-refusal.ts";
import { recording } from "../../testing/recording.ts";
import { imageGenerationsReader } from "./read-image-generations.ts";

const { read, judge } = imageGenerationsReader;
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe("image generations", () => {
  it("need a model that makes images", () => {
    const { request } = recording("images-generations");
    expect(judge(request)).toBeUndefined();
    expect(acceptedFacts(read(request))).toMatchObject({
      kind: "image",
      needed: ["image"],
      isStream: false,
      promptCharacters: 1,
    });
  });

  it("are refused in Ollama's order and words", () => {
    const refusalOf = (text: string) => read(bytes(text)).refusal;
    expect(refusalOf('{"seed":1.5}')?.message).toMatch(/ImageGenerationRequest.seed of type int64/);
    expect(refusalOf('{"model":"m"}')).toMatchObject({
      status: 400,
      contentType: "application/json; charset=utf-8",
      message: "prompt is required",
    });
    expect(refusalOf('{"prompt":"a"}')).toMatchObject({ status: 400, message: "model is required" });
    expect(refusalOf('{"prompt":"a","model":" "}')).toMatchObject({ status: 404, message: "model ' ' not found" });
  });

  it("are told what Ollama ignores of them", () => {
    const ignoredOf = (members: string) =>
      acceptedFacts(read(bytes(`{"model":"m","prompt":"a",${members}}`))).ignored.toSorted();
    expect(
      ignoredOf('"n":2,"quality":"high","response_format":"url","style":"vivid","stream":true,"size":"1x1"'),
    ).toEqual(["n", "quality", "response_format", "stream", "style"]);
    expect(
      ignoredOf('"n":1,"quality":"auto","response_format":"b64_json","style":null,"stream":false,"background":"auto"'),
    ).toEqual([]);
  });
});
