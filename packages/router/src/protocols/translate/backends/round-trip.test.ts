import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { clientDialects } from "../clients/client-dialects.ts";
import type { NeutralMessage, NeutralPart, NeutralRequest, NeutralSampling, ThinkingWish } from "../neutral.ts";
import { type BackendRoute, backendDialects } from "./backend-dialects.ts";

const some = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
const word = fc.string({ minLength: 1, maxLength: 8 });
const number = fc.integer({ min: 0, max: 1000 }).map((whole) => whole / 8);
const count = fc.integer({ min: 1, max: 1000 });

const text: fc.Arbitrary<NeutralPart> = word.map((spoken) => ({ kind: "text", text: spoken }));
const pngStart = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d];
const picture: fc.Arbitrary<NeutralPart> = fc.uint8Array({ maxLength: 12 }).map((bytes) => ({
  kind: "image",
  mediaType: "image/png",
  base64: Buffer.concat([Buffer.from(pngStart), bytes]).toString("base64"),
}));

const call = fc.record({
  id: word.map((name) => `call_${name}`),
  name: word,
  argumentsText: fc.dictionary(fc.constantFrom("a", "b"), fc.integer()).map((given) => JSON.stringify(given)),
});

/** Pictures stand before the one text, as `/api/chat` has them. */
const parts = fc.tuple(fc.array(picture, { maxLength: 2 }), text).map(([pictures, spoken]) => [...pictures, spoken]);
const user = parts.map((spoken): NeutralMessage => ({ role: "user", parts: spoken, toolCalls: [] }));
const system = text.map((spoken): NeutralMessage => ({ role: "system", parts: [spoken], toolCalls: [] }));
const answer = fc
  .tuple(text, some(word))
  .map(([spoken, thinking]): NeutralMessage => ({ role: "assistant", parts: [spoken], thinking, toolCalls: [] }));
const used = fc.tuple(text, call, word).map(([spoken, made, result]): readonly NeutralMessage[] => [
  { role: "assistant", parts: [spoken], toolCalls: [made] },
  {
    role: "tool",
    parts: [{ kind: "text", text: result }],
    toolCalls: [],
    toolCallId: made.id,
    toolName: made.name,
  },
]);

/** A tool's answer names the newest call with its id, so ids are told apart. */
const messages = fc
  .array(fc.oneof(user, system, answer, used), { minLength: 1, maxLength: 5 })
  .map((turns) => turns.flat())
  .filter(
    (turns) =>
      new Set(turns.flatMap(({ toolCalls }) => toolCalls.map(({ id }) => id))).size ===
      turns.filter(({ toolCalls }) => toolCalls.length > 0).length,
  );

const tool = fc.record({ name: word, description: some(word), parameters: fc.constant({ type: "object" }) });
const schema = fc.record({ type: fc.constantFrom("object", "string") });

const samplingOf = (extra: { [Name in keyof NeutralSampling]?: fc.Arbitrary<NeutralSampling[Name]> }) =>
  fc.record({
    temperature: number,
    topP: number,
    topK: some(count),
    minP: some(number),
    seed: some(count),
    stop: some(fc.array(word, { minLength: 1, maxLength: 3 })),
    maxTokens: some(count),
    frequencyPenalty: some(number),
    presencePenalty: some(number),
    typicalP: some(number),
    repeatPenalty: some(number),
    ...extra,
  });

const nativeRequest: fc.Arbitrary<NeutralRequest> = fc.record({
  isStream: fc.boolean(),
  wantsUsage: fc.constant(false),
  messages,
  tools: fc.array(tool, { maxLength: 2 }),
  format: some(
    fc.oneof(
      fc.constant({ kind: "json" } as const),
      schema.map((wanted) => ({ kind: "schema", name: "response", schema: wanted }) as const),
    ),
  ),
  thinking: some(fc.constantFrom<ThinkingWish[]>(true, false, "low", "medium", "high", "max")),
  logprobs: some(fc.record({ top: fc.integer({ min: 0, max: 20 }) })),
  sampling: samplingOf({ repeatLastN: some(count) }),
  native: fc.record({
    options: fc.dictionary(fc.constantFrom("num_ctx", "num_gpu", "mirostat"), count),
    keepAlive: some(fc.constantFrom(-1, "5m", 0)),
    members: fc.dictionary(fc.constantFrom("truncate", "shift"), fc.boolean()),
  }),
});

const openaiRequest: fc.Arbitrary<NeutralRequest> = fc.record({
  isStream: fc.boolean(),
  wantsUsage: fc.constant(true),
  messages,
  tools: fc.array(tool, { minLength: 1, maxLength: 2 }),
  toolChoice: some(fc.oneof(fc.constant("required" as const), fc.record({ name: word }))),
  parallelToolCalls: some(fc.boolean()),
  choices: some(fc.integer({ min: 1, max: 4 })),
  format: some(fc.record({ kind: fc.constant("schema" as const), name: word, schema, strict: some(fc.boolean()) })),
  thinking: some(fc.constantFrom<ThinkingWish[]>("minimal", "low", "medium", "high", "max", false)),
  logprobs: some(fc.record({ top: fc.integer({ min: 0, max: 20 }) })),
  sampling: samplingOf({ logitBias: some(fc.dictionary(fc.constantFrom("1", "2"), count)) }),
});

const completionRequest: fc.Arbitrary<NeutralRequest> = fc.record({
  isStream: fc.boolean(),
  wantsUsage: fc.constant(true),
  messages: fc.constant([]),
  prompt: word,
  tools: fc.constant([]),
  choices: some(fc.integer({ min: 1, max: 4 })),
  logprobs: some(fc.record({ top: fc.integer({ min: 1, max: 20 }) })),
  sampling: samplingOf({ logitBias: some(fc.dictionary(fc.constantFrom("1", "2"), count)) }).map((sampling) => ({
    ...sampling,
    topP: sampling.topP || 1,
    frequencyPenalty: sampling.frequencyPenalty ?? 0,
    presencePenalty: sampling.presencePenalty ?? 0,
  })),
});

/** What a route's own reader makes of what was written for that route. */
const readAgain = (route: BackendRoute, request: NeutralRequest): unknown => {
  const encoded = backendDialects[route].encode(request);
  if ("untranslatable" in encoded) return encoded;
  return clientDialects[route].decode(JSON.parse(JSON.stringify(encoded.body)));
};

/** Only a stream can be asked for its usage. */
const asWritten = (request: NeutralRequest): NeutralRequest => ({
  ...request,
  wantsUsage: request.wantsUsage && request.isStream,
});

describe("a request that is written for a backend and read again", () => {
  it.each<[BackendRoute, fc.Arbitrary<NeutralRequest>]>([
    ["/api/chat", nativeRequest],
    ["/v1/chat/completions", openaiRequest],
    ["/v1/completions", completionRequest],
  ])("means the same: %s", (route, requests) => {
    fc.assert(
      fc.property(requests, (request) => {
        expect(readAgain(route, request)).toEqual(asWritten(request));
      }),
      { numRuns: 150 },
    );
  });
});
