/** Texts that a real Ollama 0.24.0 answered to these bodies, beyond those of the recordings. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type SimulatedOllama, startSimulatedOllama } from "../../start-simulated-ollama.ts";
import { textOf } from "../../testing/post.ts";
import { type RawResponse, sendRaw } from "../../testing/raw-client.ts";

let server: SimulatedOllama;
beforeAll(async () => {
  server = await startSimulatedOllama();
});
afterAll(() => server.close());

function send(path: string, body: string, contentType = "application/json"): Promise<RawResponse> {
  const headers = [
    ["Host", `127.0.0.1:${server.port}`],
    ["Content-Type", contentType],
  ] as const;
  return sendRaw(server.port, { method: "POST", path, headers, body: Buffer.from(body) });
}

const anthropicError = (type: string, message: string) => ({
  type: "error",
  error: { type, message },
  request_id: expect.stringMatching(/^req_[0-9a-f]{24}$/),
});
const openaiError = (type: string, message: string) => ({ error: { message, type, param: null, code: null } });

const llama = '"model":"smollm2:135m"';
const hi = `${llama},"max_tokens":2,"messages":[{"role":"user","content":"hi"}]`;
const content = (blocks: string) => `{${llama},"max_tokens":2,"messages":[{"role":"user","content":${blocks}}]}`;

describe("/v1/messages refuses", () => {
  test.each([
    ['{"model":5}', "json: cannot unmarshal number into Go struct field MessagesRequest.model of type string"],
    [
      content("5"),
      "json: cannot unmarshal number into Go struct field MessagesRequest.messages of type []anthropic.ContentBlock",
    ],
    [`{${llama},"max_tokens":2,"messages":[{"role":"user"}]}`, "unexpected end of JSON input"],
    [`{${llama},"max_tokens":2,"messages":[null]}`, "unexpected end of JSON input"],
    [
      `{${llama},"max_tokens":2,"messages":[5]}`,
      'json: cannot unmarshal number into Go struct field MessagesRequest.messages of type struct { Role string "json:\\"role\\""; Content json.RawMessage "json:\\"content\\"" }',
    ],
    [content('[{"type":"image"}]'), "invalid image source"],
    [
      content('[{"type":"image","source":{"type":"url","url":"x"}}]'),
      "invalid image source type: url. Only base64 images are supported.",
    ],
    [
      content('[{"type":"image","source":{"type":"base64","data":"%%"}}]'),
      "invalid base64 image data: illegal base64 data at input byte 0",
    ],
    [content('[{"type":"tool_use"}]'), "tool_use block missing required 'id' field"],
    [content('[{"type":"tool_use","id":"a"}]'), "tool_use block missing required 'name' field"],
    [
      `{${hi},"tools":[{"name":"f","input_schema":5}]}`,
      'invalid input_schema for tool "f": json: cannot unmarshal number into Go value of type api.ToolFunctionParameters',
    ],
    [
      `{${hi},"stop_sequences":5}`,
      "json: cannot unmarshal number into Go struct field MessagesRequest.stop_sequences of type []string",
    ],
    [
      `{${llama},"max_tokens":2.5}`,
      "json: cannot unmarshal number 2.5 into Go struct field MessagesRequest.max_tokens of type int",
    ],
    [
      `{${hi},"tool_choice":5}`,
      "json: cannot unmarshal number into Go struct field MessagesRequest.tool_choice of type anthropic.ToolChoice",
    ],
  ])("%s", async (body, message) => {
    const answer = await send("/v1/messages", body);
    expect(answer).toMatchObject({ status: 400 });
    expect(answer.headers).toContainEqual(["Content-Type", "application/json; charset=utf-8"]);
    expect(JSON.parse(textOf(answer))).toEqual(anthropicError("invalid_request_error", message));
  });

  test("a name that is none, with the newline of the handler", async () => {
    const answer = await send(
      "/v1/messages",
      '{"model":"a//b","max_tokens":2,"messages":[{"role":"user","content":"x"}]}',
    );
    expect(answer).toMatchObject({ status: 400 });
    expect(textOf(answer)).toMatch(/"message":"invalid model name"\},"request_id":"req_[0-9a-f]{24}"\}\n$/);
  });
});

describe("/v1/messages takes", () => {
  test.each([
    `{${hi},"system":5}`,
    `{${hi},"thinking":{"type":"adaptive"},"output_config":{"effort":"high"}}`,
    content('[{"type":"tool_result","tool_use_id":"a","content":[{"type":"text","text":"b"}]},{"type":"odd"}]'),
  ])("%s", async (body) => {
    expect(await send("/v1/messages", body)).toMatchObject({ status: 200 });
  });

  test("messages that come to nothing as a load, which a stream tells without any block", async () => {
    const single = await send("/v1/messages", content("[]"));
    expect(JSON.parse(textOf(single))).toMatchObject({ content: null, stop_reason: "stop_sequence" });
    const stream = await send("/v1/messages", content("[]").replace("{", '{"stream":true,'));
    expect(textOf(stream).match(/^event: .+$/gm)).toEqual([
      "event: message_start",
      "event: message_delta",
      "event: message_stop",
    ]);
  });

  test("a client that wants its connection closed, also from a stream that asks to keep it", async () => {
    const headers = [
      ["Host", `127.0.0.1:${server.port}`],
      ["Connection", "close"],
    ] as const;
    const body = Buffer.from(`{${hi},"stream":true}`);
    const answer = await sendRaw(server.port, { method: "POST", path: "/v1/messages", headers, body });
    expect(answer.headers.filter(([name]) => name === "Connection")).toEqual([["Connection", "close"]]);
  });
});

describe("/v1/responses refuses", () => {
  test.each([
    [
      '"input":5',
      "input must be a string or array: json: cannot unmarshal number into Go value of type []json.RawMessage",
    ],
    [
      '"input":[5]',
      'input[0]: json: cannot unmarshal number into Go value of type struct { Type string "json:\\"type\\""; Role string "json:\\"role\\"" }',
    ],
    ['"input":[{"type":"x"}]', 'input[0]: unknown input item type: "x"'],
    ['"input":[{}]', "input[0]: input item missing required 'type' field"],
    [
      '"input":[{"role":"user","content":5}]',
      "input[0]: content must be a string or array: json: cannot unmarshal number into Go value of type []json.RawMessage",
    ],
    ['"input":[{"role":"user","content":[{"type":"z"}]}]', "input[0]: content[0]: unknown content type: z"],
    ['"input":[{"role":"user","content":[{"type":"input_file"}]}]', "file inputs are not currently supported"],
    [
      '"input":[{"role":"user","content":[{"type":"input_image","image_url":"http://x"}]}]',
      "image URLs are not currently supported, please use base64 encoded data instead",
    ],
    [
      '"input":[{"type":"function_call","name":"f","arguments":"x"}]',
      "failed to parse function call arguments: invalid character 'x' looking for beginning of value",
    ],
    [
      '"input":"hi","reasoning":{"effort":"minimal"}',
      'invalid reasoning value: "minimal" (must be "high", "medium", "low", "max", or "none")',
    ],
    [
      '"input":"hi","max_output_tokens":"4"',
      "json: cannot unmarshal string into Go struct field ResponsesRequest.max_output_tokens of type int",
    ],
  ])("%s", async (fields, message) => {
    const answer = await send("/v1/responses", `{${llama},${fields}}`);
    expect(answer).toMatchObject({ status: 400 });
    expect(JSON.parse(textOf(answer))).toEqual(openaiError("invalid_request_error", message));
  });

  test("nothing at all is a load, which a stream tells in three events", async () => {
    const answer = await send("/v1/responses", `{${llama},"stream":true}`);
    expect(answer.chunks).toHaveLength(3);
    expect(textOf(answer)).toContain('"output":null');
  });
});

describe("the routes for vectors refuse", () => {
  const long = "word ".repeat(40);
  const [invalid, missing] = ["invalid_request_error", "not_found_error"];
  test.each([
    ["/api/embeddings", '{"model":"gemma3:270m","prompt":"hi"}', 500, "this model does not support embeddings"],
    ["/api/embeddings", '{"prompt":"hi"}', 400, "model is required"],
    ["/api/embeddings", '{"model":"a//b","prompt":"hi"}', 400, "invalid model name"],
    [
      "/api/embeddings",
      `{${llama},"options":{"num_ctx":8},"prompt":"${long}"}`,
      500,
      "the input length exceeds the context length",
    ],
    ["/api/embed", '{"model":"a//b","input":5}', 400, "invalid model name"],
    ["/api/embed", '{"model":"nope","input":5}', 400, "invalid input type"],
    ["/api/embed", `{${llama},"input":{"a":1}}`, 400, "invalid input type"],
    ["/api/embed", `{${llama},"input":"a","options":{"num_ctx":"x"}}`, 500, 'option "num_ctx" must be of type integer'],
    [
      "/api/embed",
      '{"model":"x:local:cloud","input":"a"}',
      400,
      'use either :local or :cloud, not both: "x:local:cloud"',
    ],
    ["/api/embed", `{${llama},"input":["",""]}`, 500, "Failed to create new sequence: no input provided"],
    ["/v1/embeddings", '{"model":"x:cloud","input":[]}', 403, "ollama cloud is disabled: remote model is unavailable"],
    ["/v1/embeddings", `{${llama},"input":[]}`, 400, openaiError(invalid, "invalid input").error],
    ["/v1/embeddings", '{"input":"a"}', 404, openaiError(missing, "model '' not found").error],
  ])("%s %s", async (...[path, body, status, error]) => {
    const answer = await send(path, body);
    expect(answer).toMatchObject({ status });
    expect(JSON.parse(textOf(answer))).toEqual({ error });
  });

  test("a load of a model that makes no vectors is none of it", async () => {
    expect(await send("/api/embed", '{"model":"gemma3:270m"}')).toMatchObject({ status: 200 });
  });
});

describe("the other OpenAI routes refuse", () => {
  const [invalid, missing] = ["invalid_request_error", "not_found_error"];
  test.each([
    ["/v1/completions", "{}", 404, openaiError(missing, "model '' not found")],
    [
      "/v1/completions",
      `{${llama},"prompt":"a","stop":[1]}`,
      400,
      openaiError(invalid, "invalid type for 'stop' field: float64"),
    ],
    [
      "/v1/completions",
      `{${llama},"prompt":"a","logprobs":30}`,
      400,
      openaiError(invalid, "top_logprobs must be between 0 and 20"),
    ],
    ["/v1/images/generations", `{${llama}}`, 400, openaiError(invalid, "prompt is required")],
    ["/v1/images/generations", '{"prompt":"x"}', 400, openaiError(invalid, "model is required")],
    ["/v1/images/generations", '{"model":"nope","prompt":"x"}', 404, openaiError(missing, "model 'nope' not found")],
    ["/v1/images/edits", `{${llama},"prompt":"x"}`, 400, openaiError(invalid, "image is required")],
    [
      "/v1/images/edits",
      `{${llama},"prompt":"x","image":"%%"}`,
      400,
      openaiError(invalid, "invalid image: invalid image input"),
    ],
  ])("%s %s", async (...[path, body, status, error]) => {
    const answer = await send(path, body);
    expect(answer).toMatchObject({ status });
    expect(JSON.parse(textOf(answer))).toEqual(error);
  });
});

describe("/v1/audio/transcriptions", () => {
  const type = "multipart/form-data; boundary=xx";
  const part = (name: string, value: string, file = "") =>
    `--xx\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`;
  const file = (value: string) => part("file", value, '; filename="a.wav"');
  const form = (...parts: readonly string[]) => `${parts.join("")}--xx--\r\n`;

  test.each([
    ["multipart/form-data", "x", "failed to parse multipart form: no multipart boundary param in Content-Type"],
    [type, "x", "failed to parse multipart form: multipart: NextPart: EOF"],
    [type, form(part("model", "nope")), "file is required: http: no such file"],
    [type, form(part("model", "nope"), file("")), "audio file is empty"],
  ])("refuses %s with %j", async (contentType, body, message) => {
    const answer = await send("/v1/audio/transcriptions", body, contentType);
    expect(answer).toMatchObject({ status: 400 });
    expect(JSON.parse(textOf(answer))).toEqual(openaiError("invalid_request_error", message));
  });

  test("finds the model before or behind the file, and in the query before both", async () => {
    const orders = [
      form(part("model", "smollm2:135m"), file("RIFF")),
      form(file("RIFF"), part("model", "smollm2:135m")),
    ];
    for (const body of orders) {
      expect(await send("/v1/audio/transcriptions", body, type)).toMatchObject({ status: 200 });
      expect(await send("/v1/audio/transcriptions?model=nope", body, type)).toMatchObject({ status: 404 });
    }
  });

  test("sends the text bare when asked for text", async () => {
    const body = form(part("model", "smollm2:135m"), part("response_format", "text"), file("RIFF"));
    const answer = await send("/v1/audio/transcriptions", body, type);
    expect(answer.headers).toContainEqual(["Content-Type", "application/x-ndjson"]);
    expect(textOf(answer)).not.toMatch(/^\{|\n$/);
  });
});
