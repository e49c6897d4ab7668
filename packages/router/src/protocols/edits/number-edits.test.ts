import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyEdits } from "./apply-edits.ts";
import { editNumCtx, raiseOutputLimit } from "./number-edits.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const withContext = (text: string, tokens: number | undefined): string =>
  Buffer.from(applyEdits(bytes(text), editNumCtx(bytes(text), tokens))).toString();

describe("the context of a native request", () => {
  test.each([
    ['{"model":"m","options":{"num_ctx":8192,"seed":1}}', 4096, '{"model":"m","options":{"num_ctx":4096,"seed":1}}'],
    ['{"model":"m","options":{"seed":1}}', 4096, '{"model":"m","options":{"num_ctx":4096,"seed":1}}'],
    ['{"model":"m","options":{ }}', 4096, '{"model":"m","options":{"num_ctx":4096 }}'],
    ['{"model":"m"}', 4096, '{"model":"m","options":{"num_ctx":4096}}'],
    ['{"model":"m","options":null}', 4096, '{"model":"m","options":null,"options":{"num_ctx":4096}}'],
    ['{"options":{"num_ctx":1},"options":null}', 4, '{"options":{"num_ctx":1},"options":null,"options":{"num_ctx":4}}'],
    ['{"Options":{"num_ctx":1},"options":{"num_ctx":2}}', 4, '{"Options":{"num_ctx":4},"options":{"num_ctx":4}}'],
    ['{"options":{"NUM_CTX":1}}', 4, '{"options":{"num_ctx":4,"NUM_CTX":1}}'],
    ['{"options":{"num_ctx":null}}', 4, '{"options":{"num_ctx":4}}'],
    ["{}", 4, '{"options":{"num_ctx":4}}'],
    ['{"model":"m","options":{"num_ctx":8192,"seed":1}}', undefined, '{"model":"m","options":{"seed":1}}'],
    ['{"model":"m","options":{"seed":1, "num_ctx":8192}} rest', undefined, '{"model":"m","options":{"seed":1}} rest'],
    ['{"model":"m","options":{"num_ctx":8192}}', undefined, '{"model":"m","options":{}}'],
    ['{"model":"m"}', undefined, '{"model":"m"}'],
    ["[1]", 4, "[1]"],
    ['{"options":{"num_ctx":"2048"}}', 4, '{"options":{"num_ctx":"2048"}}'],
    ['{"options":{"num_ctx":true}}', undefined, '{"options":{"num_ctx":true}}'],
  ])("%s with %s becomes %s", (before, tokens, after) => {
    expect(withContext(before, tokens)).toBe(after);
  });

  test("is the one that was set, whatever else the options hold, and nothing else changes", () => {
    const options = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 5 });
    fc.assert(
      fc.property(options, fc.integer({ min: 4, max: 1e6 }), fc.boolean(), (given, tokens, isNamed) => {
        const plain = JSON.parse(JSON.stringify({ ...given, ...(isNamed ? { num_ctx: 7 } : {}) })) as object;
        const after = JSON.parse(withContext(JSON.stringify({ model: "m", options: plain, z: 1 }), tokens));
        expect(after).toEqual({ model: "m", options: { ...plain, num_ctx: tokens }, z: 1 });
      }),
    );
  });
});

describe("the output limit", () => {
  const raised = (route: Parameters<typeof raiseOutputLimit>[1], text: string): string =>
    Buffer.from(
      applyEdits(
        bytes(text),
        raiseOutputLimit(bytes(text), route, (tokens) => tokens * 4),
      ),
    ).toString();

  test.each([
    ["/api/chat", '{"options":{"num_predict":100}}', '{"options":{"num_predict":400}}'],
    ["/api/generate", '{"options":{"num_predict":-1}}', '{"options":{"num_predict":-1}}'],
    ["/v1/chat/completions", '{"max_tokens":5,"n":1}', '{"max_tokens":20,"n":1}'],
    ["/api/chat", '{"options":{"num_predict":1e308}}', '{"options":{"num_predict":1e308}}'],
    ["/v1/responses", '{"max_output_tokens":5}', '{"max_output_tokens":20}'],
    ["/v1/messages", '{"max_tokens":5}', '{"max_tokens":20}'],
    ["/v1/completions", '{"max_tokens":"5"}', '{"max_tokens":"5"}'],
    ["/api/embed", '{"options":{"num_predict":5}}', '{"options":{"num_predict":5}}'],
  ] as const)("on %s %s becomes %s", (route, before, after) => {
    expect(raised(route, before)).toBe(after);
  });
});
