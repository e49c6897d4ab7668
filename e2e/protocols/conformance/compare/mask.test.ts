import { describe, expect, test } from "vitest";
import { maskBody } from "./mask.ts";

describe("what is masked", () => {
  test.each([
    ['{"created_at":"2026-11-22T10:00:00.123Z"}', '{"created_at":"<date>"}'],
    ['{"created":1755770400,"created_at":1755770400}', '{"created":<date>,"created_at":<date>}'],
    ['{"completed_at":null}', '{"completed_at":null}'],
    ['{"total_duration":412345678,"eval_count":2}', '{"total_duration":<ns>,"eval_count":2}'],
    ['{"id":"chatcmpl-417"}', '{"id":"<id 1>"}'],
    ['{"a":"call_ab12","b":"msg_1","c":"call_ab12"}', '{"a":"<id 1>","b":"<id 2>","c":"<id 1>"}'],
  ])("of %s", (text, masked) => {
    expect(maskBody(text)).toBe(masked);
  });

  test.each([
    '{"content":"chatcmpl-417 of \\"created_at\\":\\"now\\""}',
    '{"call_id":7,"msg_1":"a"}',
    '{"prompt_eval_count":11}',
    '{"created_at": "2026-11-22"}',
    '{"id":"call-1"}',
  ])("is not %s: what a model has written, names, counts, and what is written otherwise", (text) => {
    expect(maskBody(text)).toBe(text);
  });
});
