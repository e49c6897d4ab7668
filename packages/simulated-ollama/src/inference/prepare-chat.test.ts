import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type SimulatedOllama, startSimulatedOllama } from "../start-simulated-ollama.ts";
import { post, recordsOf, textOf } from "../testing/post.ts";

let server: SimulatedOllama;
beforeEach(async () => {
  server = await startSimulatedOllama();
});
afterEach(() => server.close());

const long = "word ".repeat(400);
const options = { num_ctx: 256, num_predict: 2 };
const call = (path: string, body: object) =>
  post(server.port, path, { body: { model: "smollm2:135m", stream: false, options, ...body } });

describe("a prompt that is longer than the context", () => {
  test.each([
    ["/api/chat", { messages: [{ role: "user", content: long }] }],
    ["/api/generate", { prompt: long }],
  ])("is cut off on %s, unless that is forbidden", async (path, prompt) => {
    const cut = await call(path, prompt);
    expect(recordsOf(cut)).toMatchObject([{ done: true, done_reason: "length", prompt_eval_count: 256 }]);
    const refused = await call(path, { ...prompt, truncate: false });
    expect(refused.status).toBe(400);
    expect(textOf(refused)).toBe('{"error":"the input length exceeds the context length"}');
    const full = await call(path, { ...prompt, shift: false });
    expect(recordsOf(full)).toMatchObject([{ done: true, done_reason: "stop", eval_count: 1 }]);
  });

  test("loses its oldest messages but not the system message or the last one", async () => {
    const messages = [
      { role: "system", content: "Be brief." },
      { role: "user", content: long },
      { role: "user", content: "hi" },
    ];
    const [whole] = recordsOf(await call("/api/chat", { messages }));
    const [short] = recordsOf(await call("/api/chat", { messages: messages.toSpliced(1, 1) }));
    expect(whole?.["message"]).toEqual(short?.["message"]);
    expect(whole?.["prompt_eval_count"]).toBe(short?.["prompt_eval_count"]);
  });
});

describe("tool calls", () => {
  const tools = [
    {
      type: "function",
      function: { name: "get_time", parameters: { type: "object", properties: { city: { enum: ["Rome"] } } } },
    },
  ];

  test("happen when the user names the tool, and not after its result", async () => {
    const model = { model: "llama3.1:8b", options: {} };
    await server.close();
    server = await startSimulatedOllama({
      models: [
        {
          name: "llama3.1:8b",
          sizeBytes: 4.9e9,
          capabilities: ["completion", "tools"],
          contextLength: 131_072,
          parameterSize: "8.0B",
          quantization: "Q4_K_M",
          family: "llama",
        },
      ],
    });
    const asked = [{ role: "user", content: "Use get_time for Rome" }];
    const [calling] = recordsOf(await call("/api/chat", { ...model, messages: asked, tools }));
    const made = { function: { index: 0, name: "get_time", arguments: { city: "Rome" } } };
    expect(calling).toMatchObject({ message: { content: "", tool_calls: [made] }, done_reason: "stop" });
    const answered = [...asked, calling?.["message"], { role: "tool", tool_name: "get_time", content: "12:00" }];
    const [final] = recordsOf(await call("/api/chat", { ...model, messages: answered, tools }));
    expect(final?.["message"]).toMatchObject({ content: expect.stringMatching(/./) });
    expect(final?.["message"]).not.toHaveProperty("tool_calls");
  });
});
