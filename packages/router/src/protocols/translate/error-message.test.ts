import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { errorMessageOf } from "./error-message.ts";
import { llamaServerReply } from "./testing/llama-server.ts";

const messageOf = (body: string) => errorMessageOf(Buffer.from(body));

describe("the message in an error answer", () => {
  it.each([
    ["Ollama", '{"error":"model \'x\' not found"}\n', "model 'x' not found"],
    ["OpenAI", '{"error":{"message":"no such model","type":"not_found_error","code":null}}', "no such model"],
    ["older vLLM", '{"object":"error","message":"too long","code":400}', "too long"],
    ["FastAPI", '{"detail":"Not Found"}', "Not Found"],
    [
      "FastAPI's validation",
      '{"detail":[{"loc":["body","messages",0],"msg":"field required"},{"msg":"bad"}]}',
      "messages.0: field required; bad",
    ],
    ["LM Studio", '{"error":{"error":"Model unloaded"}}', "Model unloaded"],
    ["a JSON text", '"no"', "no"],
    ["plain text", "Not Found\r\n", "Not Found"],
    ["text with line ends inside", "one\n\ntwo", "one two"],
  ])("is found as %s writes it", (_title, body, message) => {
    expect(messageOf(body)).toBe(message);
  });

  it("is found as a real llama-server writes it", () => {
    expect(errorMessageOf(llamaServerReply("chat-error"))).toMatch(/exceeds the available context size/);
    expect(errorMessageOf(llamaServerReply("embeddings-error"))).toMatch(/does not support embeddings/);
  });

  it.each([
    ["nothing", ""],
    ["an object that says nothing", '{"error":null,"detail":[]}'],
    ["half an object", '{"error":"x'],
    ["a list", "[1]"],
    ["a number", "7"],
    ["a web page", "<html><body>502 Bad Gateway</body></html>"],
  ])("is not made up from %s", (_title, body) => {
    expect(messageOf(body)).toBeUndefined();
  });

  it("is found at the beginning of an object that is too long to be read whole", () => {
    const long = JSON.stringify({ error: { message: `bad "x" ü ${"y\n".repeat(50_000)}`, code: 1 } });
    expect(messageOf(long)).toMatch(/^bad "x" ü y y y/);
    expect(messageOf(JSON.stringify({ error: "no", trace: "z".repeat(100_000) }))).toBe("no");
    expect(messageOf(JSON.stringify({ choices: ["z".repeat(100_000)] }))).toBeUndefined();
  });

  it("is bounded", () => {
    expect(messageOf(JSON.stringify({ error: "x".repeat(60_000) }))).toHaveLength(4096);
    expect(messageOf("y".repeat(1_000_000))).toHaveLength(4096);
  });

  it("is asked of any bytes without harm", () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .record({ error: fc.jsonValue(), detail: fc.jsonValue(), message: fc.jsonValue() })
        .map((body) => Buffer.from(JSON.stringify(body))),
    );
    fc.assert(
      fc.property(bodies, (body) => {
        const message = errorMessageOf(body);
        expect(message === undefined || message.trim() !== "").toBe(true);
      }),
    );
  });
});
