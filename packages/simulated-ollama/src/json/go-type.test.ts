import { describe, expect, test } from "vitest";
import { chatRequest } from "../requests/chat-request.ts";
import { readBody } from "../requests/read-body.ts";

const read = (body: unknown) => readBody(chatRequest, Buffer.from(JSON.stringify(body)), "empty");
const errorOf = (body: unknown) => {
  const result = read(body);
  return result.ok ? undefined : result.error;
};

describe("decoding into a Go type", () => {
  test("matches keys whatever their letter case, the last one winning", () => {
    const body = Buffer.from('{"MODEL":"a","Model":"b"}');
    expect(readBody(chatRequest, body, "empty")).toEqual({ ok: true, value: { model: "b" } });
  });

  test("leaves null fields unset and ignores unknown ones", () => {
    expect(read({ model: null, stream: null, zzz: 1 })).toEqual({ ok: true, value: {} });
  });

  test("reports the first wrong value in document order", () => {
    expect(errorOf({ stream: "yes", model: 5 })).toBe(
      "json: cannot unmarshal string into Go struct field ChatRequest.stream of type bool",
    );
  });

  test.each([
    [[1], "json: cannot unmarshal array into Go value of type api.ChatRequest"],
    [
      { messages: "hi" },
      "json: cannot unmarshal string into Go struct field ChatRequest.messages of type []api.Message",
    ],
    [
      { messages: [{ content: [] }] },
      "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string",
    ],
    [
      { top_logprobs: 1.5 },
      "json: cannot unmarshal number 1.5 into Go struct field ChatRequest.top_logprobs of type int",
    ],
    [
      { options: [] },
      "json: cannot unmarshal array into Go struct field ChatRequest.options of type map[string]interface {}",
    ],
    [{ keep_alive: true }, "Unsupported type: 'bool'"],
    [{ keep_alive: "-1" }, 'time: missing unit in duration "-1"'],
    [{ think: "enormous" }, 'invalid think value: "enormous" (must be "high", "medium", "low", "max", true, or false)'],
    [{ messages: [{ images: ["@@@"] }] }, "illegal base64 data at input byte 0"],
  ])("answers %j with Go's error", (body, error) => {
    expect(errorOf(body)).toBe(error);
  });
});
