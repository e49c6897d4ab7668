import { describe, expect, it } from "vitest";
import * as anthropic from "./anthropic/encode-error.ts";
import type { EncodedError } from "./encoded-error.ts";
import * as ollama from "./ollama/encode-error.ts";
import * as openai from "./openai/encode-error.ts";
import { recording, responseText } from "./testing/recording.ts";

const expectRecorded = (error: EncodedError, name: string): void => {
  const recorded = recording(name);
  expect(error).toEqual({ status: recorded.status, contentType: recorded.contentType, body: responseText(recorded) });
};

const BUSY = "server busy, please try again.  maximum pending requests exceeded";
const CRASH = "an error was encountered while running the model: unexpected EOF";

describe("errors before the first byte", () => {
  it("have the recorded bytes in the native dialect", () => {
    expectRecorded(ollama.encodeError(503, BUSY), "queue-overflow-generate");
    for (const name of ["chat-unknown-model", "generate-unknown-model", "show-unknown"]) {
      expectRecorded(ollama.encodeError(404, ollama.unknownModelMessage("nope:1b")), name);
    }
    for (const name of ["chat-unknown-model-notag", "show-unknown-notag"]) {
      expectRecorded(ollama.encodeError(404, ollama.unknownModelMessage("nope")), name);
    }
  });

  it("have the recorded bytes in the OpenAI dialect", () => {
    expectRecorded(openai.encodeError(503, BUSY), "queue-overflow-v1-chat");
    expectRecorded(openai.encodeError(500, CRASH), "fail-runner-killed-v1-chat-nonstream");
    for (const name of ["v1-chat-unknown-model", "v1-chat-unknown-model-stream"]) {
      expectRecorded(openai.encodeError(404, ollama.unknownModelMessage("nope:1b")), name);
    }
    expectRecorded(openai.encodeUnreadable(400, "unexpected EOF"), "v1-chat-bad-json");
  });

  it.each([
    ["queue-overflow-v1-messages", 503, BUSY],
    ["fail-runner-killed-v1-messages-nonstream", 500, CRASH],
    ["v1-messages-unknown-model", 404, "model 'nope:1b' not found"],
  ])("%s has the recorded bytes in the Anthropic dialect", (name, status, message) => {
    const requestId = String(JSON.parse(responseText(recording(name))).request_id);
    expectRecorded(anthropic.encodeError({ status, message, requestId }), name);
  });

  it.each([
    ["v1-messages-bad-json", "unexpected EOF"],
    ["v1-messages-empty-body", "EOF"],
  ])("%s has the recorded bytes", (name, message) => {
    const requestId = String(JSON.parse(responseText(recording(name))).request_id);
    expectRecorded(anthropic.encodeUnreadable({ status: 400, message, requestId }), name);
  });

  it.each([
    [400, "invalid_request_error", "invalid_request_error"],
    [401, "authentication_error", "api_error"],
    [403, "permission_error", "api_error"],
    [404, "not_found_error", "not_found_error"],
    [429, "rate_limit_error", "api_error"],
    [500, "api_error", "api_error"],
    [503, "overloaded_error", "api_error"],
    [529, "overloaded_error", "api_error"],
  ])("of status %i have each dialect's own type", (status, anthropicType, openaiType) => {
    const error = { status, message: "m", requestId: "r" };
    expect(JSON.parse(anthropic.encodeError(error).body).error.type).toBe(anthropicType);
    expect(JSON.parse(openai.encodeError(status, "m").body).error.type).toBe(openaiType);
  });

  it("escape what Go's encoder escapes", () => {
    expect(ollama.encodeError(404, ollama.unknownModelMessage("<a>&\u2028")).body).toBe(
      '{"error":"model \'\\u003ca\\u003e\\u0026\\u2028\' not found"}',
    );
  });
});

describe("error records inside a stream", () => {
  it("is the recorded line in the native dialect", () => {
    expect(Buffer.from(recording("fail-runner-killed-chat-stream").chunks.at(-1) ?? []).toString()).toBe(
      ollama.encodeStreamError("", CRASH),
    );
    expect(ollama.encodeStreamError("\n", "x<y")).toBe('\n{"error":"x\\u003cy"}\n');
  });

  it("is an event of its own in the other dialects", () => {
    expect(openai.encodeStreamError("\n\n", { status: 502, message: "gone" })).toBe(
      '\n\ndata: {"error":{"message":"gone","type":"api_error","param":null,"code":null}}\n\n',
    );
    expect(anthropic.encodeStreamError("\n", { status: 502, message: "gone", requestId: "req_1" })).toBe(
      '\nevent: error\ndata: {"type":"error","error":{"type":"api_error","message":"gone"},"request_id":"req_1"}\n\n',
    );
  });
});
