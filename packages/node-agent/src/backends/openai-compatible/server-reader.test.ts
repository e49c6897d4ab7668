import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { createServerCalls, type ServerCalls } from "./server-calls.ts";
import { createServerReader, type ServerReader } from "./server-reader.ts";
import {
  llamaRouter,
  llamaServer,
  llamaServerLoading,
  lmStudio,
  MLX_SOFTWARE,
  mlxLm,
  vllm,
} from "./testing/known-servers.ts";
import { type StandInAnswers, type StandInServer, startStandIn } from "./testing/stand-in-server.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(undo.splice(0).map((end) => end()));
});

async function readerOf(
  answers: StandInAnswers,
  software = "",
): Promise<{ reader: ServerReader; server: StandInServer }> {
  const server = await startStandIn(answers, software);
  const calls: ServerCalls = createServerCalls(server.url);
  undo.push(calls.close, server.stop);
  return { server, reader: createServerReader({ calls, wallClock: () => NOW }) };
}

const read = async (answers: StandInAnswers, software = "") => (await readerOf(answers, software)).reader.read();
const modified_at = "2026-11-22T12:00:00.000Z";

test("a llama-server is read with its slots, its context, and what its model can do", async () => {
  expect(await read(llamaServer, "llama.cpp")).toEqual({
    software: "llama-server",
    version: "b11434-abcdef01",
    parallelism: 2,
    models: [
      {
        name: "/models/SmolLM2-135M-Instruct.Q4_1.gguf",
        is_loaded: true,
        size_gb: 96_576_768 / 2 ** 30,
        context_length: 2048,
        context_max: 8192,
        capabilities: ["completion"],
        format: "gguf",
        parameter_size: "134.52M",
        quantization_level: "Q4_1",
        modified_at,
      },
    ],
  });
});

test("what a llama-server's model sees, hears, calls and thinks is told by its properties", async () => {
  const props = {
    ...llamaServer["GET /props"],
    modalities: { vision: true, audio: true },
    chat_template: "{% if enable_thinking %}<think>{% endif %}",
    chat_template_caps: { supports_tools: true },
  };
  const { models } = await read({ ...llamaServer, "GET /props": props });
  expect(models[0]?.capabilities).toEqual(["completion", "tools", "vision", "audio", "thinking"]);
});

test("a llama-server that was started for embeddings does nothing else", async () => {
  const refusal = [400, { error: { code: 400, message: '"input" or "content" must be provided' } }] as const;
  const { models } = await read({ ...llamaServer, "POST /v1/embeddings": refusal });
  expect(models[0]?.capabilities).toEqual(["embedding"]);
});

test("a llama-server that sleeps has nothing in memory, and is not woken to be asked", async () => {
  const props = { ...llamaServer["GET /props"], is_sleeping: true };
  const { reader, server } = await readerOf({ ...llamaServer, "GET /props": props });
  expect((await reader.read()).models[0]?.is_loaded).toBe(false);
  expect(server.asked).not.toContain("POST /v1/embeddings");
});

test("a llama-server with several models tells which are in memory", async () => {
  const { models, parallelism } = await read(llamaRouter, "llama.cpp");
  expect(models.map(({ name, is_loaded, capabilities }) => [name, is_loaded, capabilities])).toEqual([
    ["org/one:Q4_K_M", true, undefined],
    ["org/two:Q8_0", false, undefined],
  ]);
  expect(parallelism).toBeUndefined();
});

test("an old llama-server without properties is read by its list alone", async () => {
  const { "GET /props": _, ...old } = llamaServer;
  expect(await read(old)).toMatchObject({ software: "llama-server", version: "", models: [{ context_max: 8192 }] });
});

test("vLLM is read with its version and the context it was started with", async () => {
  expect(await read(vllm, "uvicorn")).toEqual({
    software: "vLLM",
    version: "0.11.0",
    parallelism: undefined,
    models: [
      {
        name: "meta-llama/Llama-3.1-8B-Instruct",
        is_loaded: true,
        context_length: 8096,
        context_max: 8096,
        modified_at,
      },
      { name: "sql-lora", is_loaded: true, context_length: 0, modified_at },
    ],
  });
});

test("LM Studio is read with what is in memory and what each model can do", async () => {
  const { software, models } = await read(lmStudio);
  expect(software).toBe("LM Studio");
  expect(models).toEqual([
    {
      name: "qwen/qwen2.5-vl-7b",
      is_loaded: false,
      context_length: 0,
      context_max: 32_768,
      capabilities: ["completion", "tools", "vision"],
      format: "mlx",
      family: "qwen2_vl",
      quantization_level: "4bit",
      modified_at,
    },
    expect.objectContaining({ name: "llama-3.2-3b-instruct", is_loaded: true, context_length: 4096 }),
    expect.objectContaining({ is_loaded: false, capabilities: ["embedding"] }),
  ]);
});

test("an LM Studio without its own list is believed to have everything in memory", async () => {
  const { models } = await read({ "GET /v1/models": lmStudio["GET /v1/models"] ?? {} });
  expect(models.map(({ is_loaded }) => is_loaded)).toEqual([true, true, true]);
});

test("mlx_lm.server has in memory what it was started with, and the rest on disk", async () => {
  const { software, models } = await read(mlxLm, MLX_SOFTWARE);
  expect(software).toBe("mlx_lm.server");
  expect(models.map(({ name, is_loaded, format }) => [name, is_loaded, format])).toEqual([
    ["mlx-community/Mistral-7B-Instruct-v0.3-4bit", false, "mlx"],
    ["/Users/me/models/Qwen3-4bit", true, "mlx"],
  ]);
});

test("any other server with OpenAI's API is read by its list", async () => {
  const { server, reader } = await readerOf({ "GET /v1/models": { data: [{ id: "m", owned_by: "me" }, { id: 7 }] } });
  expect(await reader.read()).toEqual({
    software: "an OpenAI-compatible server",
    version: "",
    parallelism: undefined,
    models: [{ name: "m", is_loaded: true, context_length: 0, modified_at }],
  });
  expect(server.asked).toEqual(["GET /v1/models"]);
});

test("a server without models is one, too", async () => {
  expect((await read({ "GET /v1/models": { object: "list", data: null } })).models).toEqual([]);
});

test.each([
  ["a llama-server that loads its model", llamaServerLoading, "starting", /not ready yet \(Loading model\)/],
  ["a server that wants a key", { "GET /v1/models": [401, "{}"] }, "unreadable", /API key/],
  ["a server without the route", {}, "unreadable", /answered 404/],
  ["a server whose answer is no JSON", { "GET /v1/models": [200, "<html>"] }, "unreadable", /no JSON/],
  ["a server whose answer is no list", { "GET /v1/models": [200, "[]"] }, "unreadable", /no list of models/],
  [
    "a herd router",
    { "GET /v1/models": { data: [{ id: "m:latest", owned_by: "library", fleet_nodes: ["a"] }] } },
    "unreadable",
    /must not serve itself/,
  ],
] as const)("%s is not used, and why is told", async (...row) => {
  const [, answers, kind, message] = row;
  const refusal = { kind, message: expect.stringMatching(message) };
  await expect(read(answers as StandInAnswers)).rejects.toMatchObject(refusal);
});

test("a server's words cannot steer a terminal", async () => {
  const error = `\u001b[2J${"x".repeat(1000)}`;
  const failure = await read({ "GET /v1/models": [500, { error: { message: error } }] }).catch(String);
  expect(failure).not.toContain("\u001b");
  expect(String(failure).length).toBeLessThan(220);
});

test("the version is asked once, until the models change or the server was away", async () => {
  const { server, reader } = await readerOf(vllm);
  const asked = () => server.asked.filter((name) => name === "GET /version").length;
  await reader.read();
  await reader.read();
  expect(asked()).toBe(1);
  reader.forget();
  await reader.read();
  expect(asked()).toBe(2);
  server.answers = { ...vllm, "GET /v1/models": { data: [{ id: "other", owned_by: "vllm" }] } };
  await reader.read();
  expect(asked()).toBe(3);
});

test("a base path stands before every question", async () => {
  const answers = Object.fromEntries(Object.entries(vllm).map(([name, body]) => [name.replace(" ", " /base"), body]));
  const server = await startStandIn(answers);
  const calls = createServerCalls(`${server.url}/base`);
  undo.push(calls.close, server.stop);
  const { version } = await createServerReader({ calls, wallClock: () => NOW }).read();
  expect(version).toBe("0.11.0");
});

test("whatever a server answers, reading ends in a reading or in a reason", async () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  const owner = fc.constantFrom("llamacpp", "vllm", "organization_owner", undefined);
  const list = fc.record({ data: fc.array(fc.oneof(value, fc.record({ id: value, owned_by: owner, meta: value }))) });
  await fc.assert(
    fc.asyncProperty(fc.oneof(list, value), value, async (models, other) => {
      const answer = (body: unknown) => ({ status: 200, text: JSON.stringify(body), software: "" });
      const calls = {
        get: (path: string) => Promise.resolve(answer(path === "/v1/models" ? models : other)),
        post: () => Promise.resolve(answer(other)),
      };
      const outcome = await createServerReader({ calls, wallClock: () => NOW })
        .read()
        .catch((error: unknown) => error);
      if (outcome instanceof Error) expect(outcome.name).toBe("BackendCallError");
      else expect(outcome).toMatchObject({ software: expect.any(String), models: expect.any(Array) });
    }),
    { numRuns: 200 },
  );
});
