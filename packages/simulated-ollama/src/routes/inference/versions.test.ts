import { afterEach, describe, expect, test } from "vitest";
import { recordedModels } from "../../options.ts";
import { type SimulatedOllama, startSimulatedOllama } from "../../start-simulated-ollama.ts";
import { get, post, recordsOf, textOf } from "../../testing/post.ts";

let server: SimulatedOllama | undefined;
afterEach(() => server?.close());

async function start(version: string): Promise<number> {
  const [model] = recordedModels.filter(({ family }) => family === "llama");
  if (model === undefined) throw new Error("the recorded llama is missing");
  const thinker = { ...model, name: "thinker", capabilities: ["completion", "thinking"] };
  const caller = { ...model, name: "caller", capabilities: ["completion", "tools"] };
  server = await startSimulatedOllama({ version, models: [...recordedModels, thinker, caller] });
  return server.port;
}

const messages = [{ role: "user", content: "hi" }];
const chat = (port: number, more: object) =>
  post(port, "/api/chat", { body: { model: "smollm2:135m", messages, options: { num_predict: 3 }, ...more } });

describe("an older Ollama", () => {
  test.each([
    ["0.13.5", "/v1/messages"],
    ["0.13.2", "/v1/responses"],
    ["0.2.5", "/api/embed"],
    ["0.2.5", "/v1/embeddings"],
    ["0.1.48", "/v1/completions"],
    ["0.14.2", "/v1/images/generations"],
    ["0.19.9", "/v1/audio/transcriptions"],
    ["0.1.23", "/v1/chat/completions"],
  ])("%s does not know %s", async (version, path) => {
    const answer = await post(await start(version), path, { body: { model: "smollm2:135m" } });
    expect(answer).toMatchObject({ status: 404 });
    expect(answer.headers).toContainEqual(["Content-Type", "text/plain"]);
    expect(textOf(answer)).toBe("404 page not found");
  });

  test("before 0.7 a wrong method is an unknown path, and since then it is told", async () => {
    expect(await get(await start("0.6.8"), "/api/chat")).toMatchObject({ status: 404 });
    await server?.close();
    expect(await get(await start("0.7.0"), "/api/chat")).toMatchObject({ status: 405 });
  });

  test("before 0.5 a schema as format is a wrong type, while json is none", async () => {
    const port = await start("0.4.7");
    const refused = await chat(port, { format: { type: "object" } });
    expect(refused).toMatchObject({ status: 400 });
    expect(textOf(refused)).toBe(
      '{"error":"json: cannot unmarshal object into Go struct field ChatRequest.format of type string"}',
    );
    expect(await chat(port, { format: "json" })).toMatchObject({ status: 200 });
  });

  test("before 0.9 thoughts stand in the text, and think is not read", async () => {
    const port = await start("0.8.0");
    const [aloud] = recordsOf(await chat(port, { model: "thinker", stream: false, options: {} }));
    expect(aloud?.["message"]).toEqual({
      role: "assistant",
      content: expect.stringMatching(/^<think>\n.+\n<\/think>\n\n/s),
    });
    expect(await chat(port, { think: true })).toMatchObject({ status: 200 });
  });

  test("before 0.10 the context of a loaded model is not told, before 0.6.4 no capabilities", async () => {
    const port = await start("0.6.3");
    await chat(port, {});
    const [loaded] = recordsOf(await get(port, "/api/ps"));
    expect(loaded?.["models"]).toEqual([expect.not.objectContaining({ context_length: expect.anything() })]);
    const [shown] = recordsOf(await post(port, "/api/show", { body: { model: "smollm2:135m" } }));
    expect(shown).not.toHaveProperty("capabilities");
  });

  test("before 0.8 the text of a chat with tools comes with the last record", async () => {
    const tools = [{ type: "function", function: { name: "f", parameters: {} } }];
    const records = recordsOf(await chat(await start("0.7.1"), { model: "caller", tools }));
    expect(records).toEqual([expect.objectContaining({ done: true, done_reason: "length", eval_count: 3 })]);
    expect(records[0]?.["message"]).toMatchObject({ content: expect.stringMatching(/\w+ \w+/) });
    await server?.close();
    expect(recordsOf(await chat(await start("0.8.0"), { model: "caller", tools }))).toHaveLength(4);
  });

  test("before 0.12.11 nobody gets odds", async () => {
    const answer = await chat(await start("0.12.10"), { logprobs: true });
    expect(textOf(answer)).not.toContain("logprob");
  });
});

describe("a newer Ollama", () => {
  test("from 0.30 on the list tells capabilities and lengths", async () => {
    const [list] = recordsOf(await get(await start("0.30.0"), "/api/tags"));
    expect(list?.["models"]).toContainEqual(
      expect.objectContaining({
        name: "all-minilm:latest",
        capabilities: ["embedding"],
        details: expect.objectContaining({ context_length: 512, embedding_length: 384 }),
      }),
    );
  });

  test("from 0.30 on a failed load is told in other words", async () => {
    const port = await start("0.30.0");
    server?.setFault({ kind: "load-failure", failure: "out-of-memory" });
    const answer = await chat(port, {});
    expect(answer).toMatchObject({ status: 500 });
    expect(textOf(answer)).toContain("llama-server reported out-of-memory during startup: ");
  });

  test("from 0.32.6 on an OpenAI stream names the role once and ends with an empty delta", async () => {
    const body = { model: "smollm2:135m", messages, stream: true, max_tokens: 3 };
    const answer = await post(await start("0.32.6"), "/v1/chat/completions", { body });
    const choices = [...textOf(answer).matchAll(/"choices":\[(\{.*?\})\]/g)].map(([, choice]) =>
      JSON.parse(choice ?? "{}"),
    );
    expect(choices.map(({ delta }) => Object.keys(delta))).toEqual([["role", "content"], ["content"], ["content"], []]);
    expect(choices.at(-1)).toMatchObject({ finish_reason: "length" });
  });

  test("from 0.32.6 on there are no routes for pictures", async () => {
    const port = await start("0.32.6");
    expect(await post(port, "/v1/images/edits", { body: {} })).toMatchObject({ status: 404 });
  });
});
