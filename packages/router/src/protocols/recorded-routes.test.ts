import { requestId } from "@herd/shared";
import { describe, expect, it } from "vitest";
import type { RouteVoice } from "../pipeline/incoming.ts";
import { ollamaVoices } from "./ollama/voices.ts";
import { openAiVoices } from "./openai/voices.ts";
import { expectRecordedRefusal } from "./testing/expect-refusal.ts";
import { recording, recordingNames, responseText } from "./testing/recording.ts";

const voices: Readonly<Record<string, RouteVoice>> = {
  "/api/embed": ollamaVoices.embed,
  "/api/embeddings": ollamaVoices.embeddings,
  "/v1/completions": openAiVoices.completions,
  "/v1/embeddings": openAiVoices.embeddings,
  "/v1/responses": openAiVoices.responses,
  "/v1/images/generations": openAiVoices.imageGenerations,
};
const voiceOf = (name: string): RouteVoice => {
  const voice = voices[recording(name).path];
  if (voice === undefined) throw new Error(`no voice for ${name}`);
  return voice;
};

/** Answers that only a node with a look at the model, its cloud, or its queue can give. */
const judgedByModel = new Set([
  "embed-batch-too-long-item",
  "embed-chat-model-gemma3",
  "embed-cloud-disabled",
  "embed-too-long-truncate-false",
  "v1-completions-suffix-unsupported",
  "v1-embeddings-unsupported-model",
]);
const isBusy = (name: string): boolean => name.startsWith("queue-overflow-");
const isUnknownModel = (name: string): boolean => /unknown/.test(name);

const ours = recordingNames().filter((name) => recording(name).path in voices && !name.includes("zstd"));
const answered = ours.filter((name) => recording(name).status === 200);
const refused = ours.filter((name) => recording(name).status !== 200);

const errorTold = (name: string, message: string) => {
  const { status, contentType } = recording(name);
  const told = voiceOf(name).encodeError({ status, message, requestId: requestId("r-1") });
  expect({ contentType: told.contentType, body: told.body }).toEqual({
    contentType,
    body: responseText(recording(name)),
  });
};

describe("every recorded exchange of embeddings, completions, responses and images", () => {
  it("is looked at", () => {
    expect(answered.length).toBeGreaterThan(35);
    expect(refused.length).toBeGreaterThan(20);
  });

  it.each(answered)("%s is accepted, with nothing to be judged", (name) => {
    const { request } = recording(name);
    expect(voiceOf(name).read(request).refusal).toBeUndefined();
    expect(voiceOf(name).judge(request)).toBeUndefined();
  });

  // The recorded node answers a text model's images with nothing at all.
  it.each(answered.filter((name) => name !== "images-generations"))(
    "%s is whole for the tap unless the runner died",
    (name) => {
      const reading = voiceOf(name).read(recording(name).request);
      if (reading.refusal !== undefined) throw new Error(reading.refusal.message);
      const tap = voiceOf(name).createTap(reading.facts);
      for (const chunk of recording(name).chunks) tap.observe(chunk);
      const told = tap.end();
      expect(told.isComplete).toBe(!name.startsWith("fail-"));
      if (told.isComplete) expect(told).toMatchObject({ errorText: undefined, closePartialRecord: "" });
      else expect(voiceOf(name).failureRecord(reading.facts, told, "gone")).toContain("gone");
    },
  );

  it.each(refused.filter((name) => !judgedByModel.has(name) && !isBusy(name) && !isUnknownModel(name)))(
    "%s is refused with the recorded bytes",
    (name) => {
      const { request } = recording(name);
      const reading = voiceOf(name).read(request);
      expectRecordedRefusal(reading.refusal ?? voiceOf(name).judge(request), name);
    },
  );

  it.each(refused.filter(isBusy))("%s has the recorded bytes when the fleet is busy", (name) => {
    errorTold(name, "server busy, please try again.  maximum pending requests exceeded");
  });

  it.each(refused.filter(isUnknownModel))("%s has the recorded bytes when nobody has the model", (name) => {
    expect(voiceOf(name).judge(recording(name).request)).toBeUndefined();
    errorTold(name, voiceOf(name).unknownModel("nope:1b"));
  });

  it.each([...judgedByModel])("%s is left to a node", (name) => {
    const { request } = recording(name);
    expect(voiceOf(name).read(request).refusal).toBeUndefined();
    expect(voiceOf(name).judge(request)).toBeUndefined();
  });
});
