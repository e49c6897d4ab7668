import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { recogniseServer } from "./recognise-server.ts";
import { seekTools } from "./seek-tools.ts";
import {
  type Lookalike,
  type LookalikeAnswers,
  type LookalikeManners,
  startLookalike,
} from "./testing/start-lookalike.ts";

const open: Lookalike[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

async function start(answers: LookalikeAnswers, manners?: LookalikeManners): Promise<Lookalike> {
  const lookalike = await startLookalike(answers, manners);
  open.push(lookalike);
  return lookalike;
}

const recognise = ({ origin }: Lookalike, withinMs = 2_000) => recogniseServer({ origin, withinMs });

const ollama = {
  "/": "Ollama is running",
  "/api/version": { version: "0.24.0" },
  "/v1/models": { object: "list", data: [] },
};
const modelOf = (owner: string) => ({ object: "list", data: [{ id: "m", object: "model", owned_by: owner }] });
const python = { headers: { server: "BaseHTTP/0.6 Python/3.12.4" } };

const lookalikes: readonly (readonly [string, object, LookalikeAnswers, LookalikeManners?])[] = [
  [
    "a herd router",
    { kind: "herd", name: "herd", version: "0.1.0", publicKey: "key" },
    { ...ollama, "/fleet/identity": { product: "herd", router_version: "0.1.0", public_key: "key" } },
  ],
  [
    "the gateway of an agent",
    { kind: "herd-gateway" },
    { "/": { error: "no" } },
    { headers: { "x-herd-gateway": "refused" }, statuses: { "/": 403 } },
  ],
  [
    "the predecessor",
    { kind: "herd-predecessor", version: "0.11.4" },
    { "/api/version": { version: "unknown", herd_version: "0.11.4" } },
  ],
  ["Ollama itself", { kind: "ollama", name: "Ollama", version: "0.24.0" }, ollama],
  [
    "a queue in front of Ollama",
    { kind: "ollama-proxy", name: expect.stringContaining("ollamaMQ") },
    { ...ollama, "/health": "OK" },
  ],
  [
    "Olla",
    { kind: "ollama-proxy", name: "Olla", version: "v0.0.20" },
    { "/version": { name: "olla", version: "v0.0.20" } },
  ],
  [
    "LiteLLM",
    { kind: "ollama-proxy", name: "LiteLLM" },
    { "/health/liveliness": '"I\'m alive!"', "/v1/models": modelOf("openai") },
  ],
  [
    "LM Studio, which answers every path with 200",
    { kind: "inference", name: "LM Studio" },
    {
      "/lmstudio-greeting": { lmstudio: true },
      "/props": { error: "Unexpected endpoint" },
      "/health": { error: "Unexpected endpoint" },
    },
  ],
  [
    "llama-server",
    { kind: "inference", name: "llama-server", version: "b6000-abc" },
    { "/props": { default_generation_settings: {}, build_info: "b6000-abc" }, "/v1/models": modelOf("llamacpp") },
  ],
  [
    "llama-server with a key",
    { kind: "inference", name: "llama-server" },
    { "/props": { error: {} } },
    { headers: { server: "llama.cpp" }, statuses: { "/props": 401 } },
  ],
  [
    "whisper.cpp",
    { kind: "speech", name: "whisper.cpp" },
    { "/": "<html><head><title>Whisper.cpp Server</title></head>" },
  ],
  [
    "ComfyUI",
    { kind: "image", name: "ComfyUI", version: "0.3.40" },
    { "/system_stats": { system: { python_version: "3.12", comfyui_version: "0.3.40" }, devices: [] } },
  ],
  [
    "a Stable Diffusion web UI",
    { kind: "image", name: "Stable Diffusion web UI" },
    { "/sdapi/v1/progress?skip_current_image=true": { progress: 0, eta_relative: 0, state: { job: "" } } },
  ],
  [
    "text-generation-webui",
    { kind: "inference", name: "text-generation-webui" },
    { "/v1/internal/model/info": { model_name: "None", lora_names: [] }, "/v1/models": modelOf("user") },
  ],
  [
    "Speaches",
    { kind: "speech", name: "Speaches" },
    { "/openapi.json": { openapi: "3.1.0", info: { title: "Speaches" } }, "/v1/models": { object: "list", data: [] } },
  ],
  [
    "vLLM",
    { kind: "inference", name: "vLLM", version: "0.11.0" },
    { "/v1/models": modelOf("vllm"), "/version": { version: "0.11.0" } },
  ],
  ["SGLang", { kind: "inference", name: "SGLang" }, { "/v1/models": modelOf("sglang") }],
  [
    "mlx_lm.server",
    { kind: "inference", name: "mlx_lm.server" },
    { "/v1/models": { object: "list", data: [{ id: "m", object: "model", created: 1 }] } },
    python,
  ],
  [
    "another server of OpenAI's API",
    { kind: "inference", name: "an OpenAI-compatible server" },
    { "/v1/models": modelOf("me") },
  ],
];

const cases = lookalikes.map(([title, expected, answers, manners = {}]) => ({ title, expected, answers, manners }));

describe("a server is recognised by its answers, whatever its port:", () => {
  test.each(cases)("$title", async ({ expected, answers, manners }) => {
    expect(await recognise(await start(answers, manners))).toMatchObject(expected);
  });

  test("only GETs are sent, each path once", async () => {
    const lookalike = await start(ollama);
    await recognise(lookalike);
    expect(lookalike.calls.every((call) => call.startsWith("GET /"))).toBe(true);
    expect(new Set(lookalike.calls).size).toBe(lookalike.calls.length);
  });

  test("what it says about itself cannot steer a terminal", async () => {
    const lookalike = await start({ "/api/version": { herd_version: "\u001b[2J1.0\n2" } });
    expect(await recognise(lookalike)).toMatchObject({ version: "[2J1.02" });
  });
});

describe("nobody is named", () => {
  test.each<[string, LookalikeAnswers, LookalikeManners?]>([
    ["who has a page and nothing else", { "/": "<html><title>My page</title>" }],
    [
      "who answers every path with the same JSON",
      { "/": {}, "/v1/models": {}, "/props": {}, "/version": {}, "/api/version": {} },
    ],
    ["who lists things that are no models", { "/v1/models": { object: "list", data: ["a"] } }],
    ["who fails at everything", { "/v1/models": modelOf("vllm") }, { statuses: { "/v1/models": 500 } }],
    ["who sends more than is read", { "/v1/models": `{"object":"list","data":[${'{"id":"m"},'.repeat(20_000)}{}]}` }],
  ])("%s", async (_title, answers, manners) => {
    expect(await recognise(await start(answers, manners))).toBeUndefined();
  });

  test("who speaks no HTTP, says nothing at all, or is not there", async () => {
    const greeter = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.write("-ERR unknown command\r\n");
    }).listen(0, "127.0.0.1");
    const silent = createServer().listen(0, "127.0.0.1");
    await Promise.all([once(greeter, "listening"), once(silent, "listening")]);
    for (const server of [greeter, silent]) {
      const { port } = server.address() as AddressInfo;
      expect(await recogniseServer({ origin: `http://127.0.0.1:${port}`, withinMs: 200 })).toBeUndefined();
    }
    greeter.close();
    silent.close();
    expect(await recogniseServer({ origin: "http://127.0.0.1:1", withinMs: 200 })).toBeUndefined();
  });
});

describe("looking around", () => {
  test("names each tool with its port, and neither an Ollama nor what is excepted", async () => {
    const [studio, own, other] = await Promise.all([
      start({ "/lmstudio-greeting": { lmstudio: true } }),
      start({ "/lmstudio-greeting": { lmstudio: true } }),
      start({ "/": "Ollama is running" }),
    ]);
    const ports = [studio.port, own.port, other.port];
    expect(await seekTools({ ports, except: [own.port], withinMs: 2_000 })).toEqual([
      { kind: "inference", name: "LM Studio", version: undefined, port: studio.port },
    ]);
  });

  test("does not wait longer than it may for a tool that is busy", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    expect(await seekTools({ ports: [port], withinMs: 50 })).toEqual([]);
    silent.close();
  });
});
