import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { redactSecrets } from "./redact.ts";

describe("redacting secrets", () => {
  test.each([
    ["Authorization: Bearer abcdef123456", "abcdef123456"],
    ["authorization: Basic dXNlcjpwYXNzd29yZA==", "dXNlcjpwYXNzd29yZA"],
    ["the key sk-proj-1234567890abcdef is wrong", "1234567890abcdef"],
    ["sk-ant-api03-AAAABBBBCCCC", "AAAABBBB"],
    ["hf_abcdefghijklmnop", "abcdefghijklmnop"],
    ['{"x-api-key":"my-very-own-key"}', "my-very-own-key"],
    ['"{\\"api_key\\":\\"my-very-own-key\\"}"', "my-very-own-key"],
    ["GET /v1/models?api_key=my-very-own-key&limit=3", "my-very-own-key"],
    ["/x?token=abc123def", "abc123def"],
    ["http://user:pa55word@mac:11434/api", "pa55word"],
    ["password = hunter22", "hunter22"],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh", "eyJzdWIiOiIxMjM0In0"],
  ])("%s loses its secret", (text, secret) => {
    const redacted = redactSecrets(text);
    expect(redacted).not.toContain(secret);
    expect(redacted).toContain("[redacted]");
    expect(redactSecrets(redacted)).toBe(redacted);
  });

  test.each([
    "request failed: HTTP 500: llama runner process has terminated",
    '{"ts": "2026-01-01T00:00:00.000Z", "request_id": "mbk-token-1", "model": "gemma3:4b", "msg": "request completed"}',
    "http://127.0.0.1:11434/api/chat",
    "prompt_tokens: 12, completion tokens 13",
    "ask-me-anything and risk-averse task-force",
    "invalid token position, Basic settings apply",
    "at tell (herd-tell-other-routers.js:3:1)",
    '{"token": 12345, "secret": true}',
  ])("%s stays as it is", (text) => expect(redactSecrets(text)).toBe(text));

  test("a line of JSON is one afterwards, whatever its strings hold", () => {
    const secret = fc.constantFrom(
      "Bearer abcdef123456",
      'api_key="abc',
      "token=x\\y",
      "sk-1234567890",
      "http://a:b@c/",
    );
    const text = fc.array(fc.oneof(fc.string(), secret)).map((parts) => parts.join(""));
    const name = fc.oneof(fc.string(), fc.constantFrom("token", "secret", "api_key", "authorization", "password"));
    fc.assert(
      fc.property(fc.dictionary(name, fc.oneof(text, fc.integer(), fc.boolean(), fc.array(text))), (fields) => {
        for (const indent of [0, 1])
          expect(() => JSON.parse(redactSecrets(JSON.stringify(fields, undefined, indent)))).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});
