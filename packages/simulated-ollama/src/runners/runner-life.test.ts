/** The life of loaded models as clients see it: processes that die or hang, evictions, memory that is short. */
import { afterEach, describe, expect, test } from "vitest";
import { faultTexts } from "../faults/fault.ts";
import { recordedModels, type SimulatedModel, type SimulatedOllamaOptions } from "../options.ts";
import { type SimulatedOllama, startSimulatedOllama } from "../start-simulated-ollama.ts";
import { createManualTime, type ManualTime } from "../testing/manual-time.ts";
import { get, post, recordsOf, textOf } from "../testing/post.ts";
import { until } from "../testing/until.ts";

/** 10 tokens a second, 100 of prompt; a load of 100 MB takes ten seconds. */
const machine = { decodeTokensPerSecond: 10, prefillTokensPerSecond: 100, diskBytesPerSecond: 1e7 };

let servers: SimulatedOllama[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function start(options: SimulatedOllamaOptions = {}): Promise<{ server: SimulatedOllama; time: ManualTime }> {
  const time = createManualTime();
  const loaded = ["smollm2:135m"];
  const server = await startSimulatedOllama(
    { timeScale: 1, loaded, ...options, machine: { ...machine, ...options.machine } },
    time,
  );
  servers.push(server);
  return { server, time };
}

function chat(server: SimulatedOllama, body: object = {}, signal?: AbortSignal) {
  const messages = [{ role: "user", content: "hi" }];
  return post(server.port, "/api/chat", {
    body: { model: "smollm2:135m", messages, options: { num_predict: 50 }, ...body },
    ...(signal === undefined ? {} : { signal }),
  });
}

const v1 = (server: SimulatedOllama, path: string, body: object) =>
  post(server.port, path, {
    body: { model: "smollm2:135m", messages: [{ role: "user", content: "hi" }], max_tokens: 50, ...body },
  });

const unload = (server: SimulatedOllama, model = "smollm2:135m") =>
  post(server.port, "/api/generate", { body: { model, keep_alive: 0 } });

const sent = (server: SimulatedOllama, count: number) => until(() => server.received.length >= count);
const errorOf = (text: string) => `{"error":${JSON.stringify(text)}}`;

describe("a process that dies", () => {
  test("under a native stream: the error is its last line, and the end is clean", async () => {
    const { server, time } = await start();
    const answer = chat(server);
    await sent(server, 1);
    await time.advance(1_000);
    expect(server.signalRunner("SMOLLM2:135m", "SIGKILL")).toBe(true);
    const { status, endedBy } = await answer;
    expect({ status, endedBy }).toEqual({ status: 200, endedBy: "complete" });
    expect(recordsOf(await answer).at(-1)).toEqual({ error: faultTexts.runnerEof });
    expect(recordsOf(await answer).length).toBeGreaterThan(5);
  });

  test("while the prompt is read: a 500 that says that the runner stopped", async () => {
    const { server, time } = await start();
    const answer = chat(server, { messages: [{ role: "user", content: "word ".repeat(500) }] });
    await sent(server, 1);
    await time.advance(1_000);
    server.signalRunner("smollm2:135m", "SIGKILL");
    expect((await answer).status).toBe(500);
    expect(textOf(await answer)).toBe(errorOf(faultTexts.runnerStopped));
  });

  test("under an answer in one piece: a 500 that says that it broke off", async () => {
    const { server, time } = await start();
    const answer = chat(server, { stream: false });
    await sent(server, 1);
    await time.advance(1_000);
    server.signalRunner("smollm2:135m", "SIGKILL");
    expect((await answer).status).toBe(500);
    expect(textOf(await answer)).toBe(errorOf(faultTexts.runnerEof));
  });

  test("under every stream of it at once, each in its own dialect", async () => {
    const { server, time } = await start({ numParallel: 3 });
    const native = chat(server);
    const openai = v1(server, "/v1/chat/completions", { stream: true });
    const anthropic = v1(server, "/v1/messages", { stream: true });
    await sent(server, 3);
    await time.advance(2_000);
    server.signalRunner("smollm2:135m", "SIGKILL");
    expect(textOf(await native)).toContain(faultTexts.runnerEof);
    expect(textOf(await openai)).toMatch(/"model":"","system_fingerprint".*\n\n$/);
    expect(textOf(await openai)).not.toContain("[DONE]");
    expect(textOf(await anthropic)).toContain("content_block_delta");
    expect(textOf(await anthropic)).not.toContain("message_stop");
    expect(server.inFlight()).toBe(0);
  });

  test("under a request that waits for its turn: a 500 too", async () => {
    const { server, time } = await start();
    const first = chat(server);
    await sent(server, 1);
    const second = chat(server);
    await sent(server, 2);
    await time.advance(1_000);
    server.signalRunner("smollm2:135m", "SIGKILL");
    await first;
    expect(textOf(await second)).toBe(errorOf(faultTexts.runnerStopped));
  });

  test("while idle: it stays listed, and the next request is slow but well", async () => {
    const { server, time } = await start();
    server.signalRunner("smollm2:135m", "SIGKILL");
    expect(server.loadedModels()).toEqual(["smollm2:135m"]);
    const answer = chat(server, { options: { num_predict: 3 } });
    await sent(server, 1);
    await time.advance(12_000);
    const last = recordsOf(await answer).at(-1);
    expect(last).toMatchObject({ done: true, eval_count: 3 });
    expect(last?.["load_duration"]).toBeGreaterThan(9.8e9);
  });

  test("of a model that is not loaded cannot be told of", async () => {
    const { server } = await start();
    expect([server.signalRunner("gemma3:270m", "SIGKILL"), server.signalRunner("nope", "SIGKILL")]).toEqual([
      false,
      false,
    ]);
  });

  test("as a fault after so many records, and the request after it loads the model again", async () => {
    const { server, time } = await start();
    server.setFault({ kind: "runner-dies", afterRecords: 4, times: 1 });
    const answer = chat(server);
    await sent(server, 1);
    await time.advance(5_000);
    expect(recordsOf(await answer).map((record) => record["error"])).toEqual([
      ...Array.from({ length: 4 }),
      faultTexts.runnerEof,
    ]);
    const next = chat(server, { options: { num_predict: 2 } });
    await sent(server, 2);
    await time.advance(12_000);
    expect(recordsOf(await next).at(-1)?.["load_duration"]).toBeGreaterThan(9.8e9);
  });

  test("as a fault before the first record, of a chat and of vectors", async () => {
    const { server, time } = await start({ loaded: ["smollm2:135m", "all-minilm"] });
    server.setFault({ kind: "runner-dies" });
    const answer = chat(server);
    const vectors = post(server.port, "/api/embed", { body: { model: "all-minilm", input: "hi" } });
    await sent(server, 2);
    await time.advance(1_000);
    expect(textOf(await answer)).toBe(errorOf(faultTexts.runnerStopped));
    expect((await vectors).status).toBeGreaterThanOrEqual(400);
    expect(textOf(await vectors)).toContain("EOF");
  });
});

describe("a process that hangs", () => {
  test("sends nothing more, while the routes of management answer", async () => {
    const { server, time } = await start();
    const leaver = new AbortController();
    const answer = chat(server, {}, leaver.signal);
    await sent(server, 1);
    await time.advance(1_000);
    server.signalRunner("smollm2:135m", "SIGSTOP");
    const before = time.now();
    await time.advance(3_600_000);
    expect(time.now() - before).toBe(3_600_000);
    for (const path of ["/", "/api/version", "/api/tags", "/api/ps"]) {
      expect(await get(server.port, path)).toMatchObject({ status: 200 });
    }
    expect(server.inFlight()).toBe(1);
    leaver.abort();
    const records = recordsOf(await answer);
    expect(records.length).toBeGreaterThan(3);
    expect(records.length).toBeLessThan(15);
  });

  test("goes on where it was when it is woken", async () => {
    const { server, time } = await start();
    const answer = chat(server, { options: { num_predict: 10 } });
    await sent(server, 1);
    await time.advance(500);
    server.signalRunner("smollm2:135m", "SIGSTOP");
    await time.advance(60_000);
    server.signalRunner("smollm2:135m", "SIGCONT");
    await time.advance(60_000);
    expect(recordsOf(await answer)).toHaveLength(11);
  });

  test("while idle: a request waits twenty seconds for a sign, then the model is loaded again", async () => {
    const { server, time } = await start();
    server.signalRunner("smollm2:135m", "SIGSTOP");
    const startedAt = time.now();
    const answer = chat(server, { options: { num_predict: 2 } });
    await sent(server, 1);
    await time.advance(29_000);
    expect(server.inFlight()).toBe(1);
    await time.advance(3_000);
    expect(recordsOf(await answer).at(-1)).toMatchObject({ done: true });
    expect(time.now() - startedAt).toBe(32_000);
  });

  test("while idle: it can be unloaded at once, and the next request loads it", async () => {
    const { server, time } = await start();
    server.signalRunner("smollm2:135m", "SIGSTOP");
    expect(recordsOf(await sentUnload(server, time))).toMatchObject([{ done_reason: "unload" }]);
    expect(server.loadedModels()).toEqual([]);
    const answer = chat(server, { options: { num_predict: 2 } });
    await sent(server, 2);
    await time.advance(11_000);
    expect(recordsOf(await answer).at(-1)).toMatchObject({ done: true });
  });

  test("in mid-stream: an unload waits for the sign that another request waits for, and changes nothing", async () => {
    const { server, time } = await start();
    const leaver = new AbortController();
    const hung = chat(server, {}, leaver.signal);
    await sent(server, 1);
    await time.advance(1_000);
    server.signalRunner("smollm2:135m", "SIGSTOP");
    const second = chat(server, { options: { num_predict: 2 } });
    await sent(server, 2);
    await time.advance(1_000);
    const gone = unload(server);
    await sent(server, 3);
    await time.advance(5_000);
    expect(server.inFlight()).toBe(3);
    await time.advance(20_000);
    expect(recordsOf(await gone)).toMatchObject([{ done_reason: "unload" }]);
    await time.advance(100_000);
    expect(server.loadedModels()).toEqual(["smollm2:135m"]);
    leaver.abort();
    await hung;
    await until(() => server.loadedModels().length === 0);
    await time.advance(12_000);
    expect(recordsOf(await second).at(-1)).toMatchObject({ done: true });
  });

  test("a client that leaves while it waits for the sign leaves no request behind", async () => {
    const { server, time } = await start();
    server.signalRunner("smollm2:135m", "SIGSTOP");
    const leaver = new AbortController();
    const answer = chat(server, {}, leaver.signal);
    await sent(server, 1);
    await time.advance(1_000);
    leaver.abort();
    await answer;
    await server.waitForIdle();
    await time.advance(60_000);
    expect(server.loadedModels()).toEqual(["smollm2:135m"]);
  });

  test("as a fault after so many records", async () => {
    const { server, time } = await start();
    server.setFault({ kind: "runner-wedges", afterRecords: 3, times: 1 });
    const leaver = new AbortController();
    const answer = chat(server, {}, leaver.signal);
    await sent(server, 1);
    await time.advance(100_000);
    leaver.abort();
    expect(recordsOf(await answer)).toHaveLength(3);
  });

  async function sentUnload(server: SimulatedOllama, time: ManualTime) {
    const answer = unload(server);
    await sent(server, 1);
    await time.advance(100);
    return await answer;
  }
});

describe("variants of one model", () => {
  const create = (server: SimulatedOllama, body: object) =>
    post(server.port, "/api/create", { body: { from: "smollm2:135m", stream: false, ...body } });
  const shown = async (server: SimulatedOllama) => {
    const { models } = JSON.parse(textOf(await get(server.port, "/api/ps"))) as { models: Record<string, unknown>[] };
    return models.map((model) => [model["name"], model["context_length"]]);
  };

  test("with another system prompt share its runner, which keeps the name that loaded it", async () => {
    const { server } = await start({ timeScale: 0, defaultContext: 2048 });
    await create(server, { model: "smol-sys", system: "Be brief." });
    const variant = await chat(server, { model: "smol-sys", options: { num_predict: 2 } });
    expect(await shown(server)).toEqual([["smollm2:135m", 2048]]);
    const base = await chat(server, { options: { num_predict: 2 } });
    const tokens = [variant, base].map((answer) => Number(recordsOf(answer).at(-1)?.["prompt_eval_count"]));
    // What the variant has to read is longer by its system prompt, in a chat and in a single prompt.
    expect(tokens[0]).toBeGreaterThan(tokens[1] ?? 0);
    const single = async (model: string) => {
      const body = { model, prompt: "hi", stream: false, options: { num_predict: 1 } };
      return Number(recordsOf(await post(server.port, "/api/generate", { body }))[0]?.["prompt_eval_count"]);
    };
    expect(await single("smol-sys")).toBeGreaterThan(await single("smollm2:135m"));
  });

  test("with another num_ctx load it again, and the list shows the variant's name", async () => {
    const { server } = await start({ timeScale: 0, defaultContext: 2048 });
    await create(server, { model: "smol-ctx", parameters: { num_ctx: 512 } });
    await chat(server, { model: "smol-ctx", options: { num_predict: 2 } });
    expect(await shown(server)).toEqual([["smol-ctx:latest", 512]]);
    await chat(server, { options: { num_predict: 2 } });
    expect(await shown(server)).toEqual([["smollm2:135m", 2048]]);
  });
});

describe("making room", () => {
  const model = (name: string, gigabytes: number, more: Partial<SimulatedModel> = {}): SimulatedModel => ({
    ...(recordedModels[2] as SimulatedModel),
    name,
    sizeBytes: gigabytes * 1e9,
    digest: name.charCodeAt(0).toString(16).repeat(32),
    weights: name.charCodeAt(0).toString(16).repeat(32),
    ...more,
  });
  const models = [model("a:1b", 2), model("b:1b", 2), model("c:1b", 2), model("d:1b", 5)];
  const card = { vramBytes: 5e9, memoryBytes: 64e9, diskBytesPerSecond: 1e12 };
  const load = (server: SimulatedOllama, name: string, keep_alive?: number) =>
    post(server.port, "/api/generate", { body: { model: name, ...(keep_alive === undefined ? {} : { keep_alive }) } });
  const quick = (options: SimulatedOllamaOptions = {}) =>
    start({ models, loaded: [], machine: card, timeScale: 0, ...options });

  test("a third model takes the place of the idle one with the shortest keep-alive", async () => {
    const { server } = await quick();
    await load(server, "a:1b", 600);
    await load(server, "b:1b", 60);
    await load(server, "c:1b");
    expect(server.loadedModels().toSorted()).toEqual(["a:1b", "c:1b"]);
  });

  test("OLLAMA_MAX_LOADED_MODELS makes room although there is memory", async () => {
    const { server } = await quick({ maxLoadedModels: 2, machine: { ...card, vramBytes: 100e9 } });
    for (const name of ["b:1b", "a:1b", "c:1b"]) await load(server, name);
    // Both have the same keep-alive, so the first path of weights goes.
    expect(server.loadedModels().toSorted()).toEqual(["b:1b", "c:1b"]);
  });

  test("a model too large for the card gets it alone, and lies beside it in part", async () => {
    const { server } = await quick();
    await load(server, "a:1b");
    await load(server, "d:1b");
    expect(server.loadedModels()).toEqual(["d:1b"]);
    const [shown] = JSON.parse(textOf(await get(server.port, "/api/ps"))).models;
    expect(shown.size_vram).toBe(5e9);
    expect(shown.size).toBeGreaterThan(5e9);
  });

  test("what lies beside the card is slower", async () => {
    const speed = async (vramBytes: number) => {
      const { server } = await quick({ machine: { ...card, vramBytes } });
      const last = recordsOf(await chat(server, { model: "d:1b", options: { num_predict: 10 } })).at(-1);
      return Number(last?.["eval_duration"]);
    };
    const whole = await speed(100e9);
    expect((await speed(3e9)) / whole).toBeGreaterThan(4);
    expect((await speed(0)) / whole).toBe(1);
  });

  test("a model that only embeds, and some architectures, answer one request at a time", async () => {
    const single = [model("e:1b", 1, { capabilities: ["embedding"] }), model("q:1b", 1, { family: "qwen3vl" })];
    const sizeOf = async (numParallel: number, name: string) => {
      const { server } = await quick({ models: [...models, ...single], numParallel });
      await post(server.port, name === "e:1b" ? "/api/embed" : "/api/generate", { body: { model: name } });
      return JSON.parse(textOf(await get(server.port, "/api/ps"))).models[0].size;
    };
    for (const name of ["e:1b", "q:1b"]) expect(await sizeOf(4, name)).toBe(await sizeOf(1, name));
    expect(await sizeOf(4, "a:1b")).toBeGreaterThan(await sizeOf(1, "a:1b"));
  });

  test("a model that sees has room for a picture", async () => {
    const { server } = await quick({ models: [model("v:1b", 1, { capabilities: ["completion", "vision"] })] });
    await post(server.port, "/api/generate", { body: { model: "v:1b", options: { num_ctx: 512 } } });
    expect(JSON.parse(textOf(await get(server.port, "/api/ps"))).models[0].context_length).toBe(2048);
  });

  test("OLLAMA_KEEP_ALIVE holds where a request says nothing", async () => {
    const { server, time } = await start({ keepAliveMs: 2_000, timeScale: 0, loaded: [] });
    await load(server, "smollm2:135m");
    await time.advance(1_900);
    expect(server.loadedModels()).toEqual(["smollm2:135m"]);
    await time.advance(200);
    expect(server.loadedModels()).toEqual([]);
  });
});

describe("the end of the node", () => {
  test("by SIGTERM and by SIGKILL: a FIN before the closing chunk, and no answer at all before the head", async () => {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const { server, time } = await start({ numParallel: 2 });
      const stream = chat(server);
      const whole = chat(server, { stream: false });
      await sent(server, 2);
      await time.advance(2_000);
      await server.kill(signal);
      expect((await stream).endedBy).toBe("fin");
      expect(recordsOf(await stream).every((record) => record["done"] === false)).toBe(true);
      expect(await whole).toMatchObject({ status: undefined, endedBy: "fin" });
      expect(server.loadedModels()).toEqual([]);
      expect(server.received.map((request) => request.closedByClientAt)).toEqual([undefined, undefined]);
    }
  });

  test("by SIGKILL leaves processes that keep their memory until they are ended", async () => {
    const small = { memoryBytes: 300e6, vramBytes: 0 };
    const { server } = await start({ timeScale: 0, machine: small, defaultContext: 2048 });
    await server.kill("SIGKILL");
    await server.listenAgain();
    expect(server.orphans()).toEqual(["smollm2:135m"]);
    expect(textOf(await get(server.port, "/api/ps"))).toBe('{"models":[]}');
    const refused = await chat(server, { model: "gemma3:270m", options: { num_predict: 1 } });
    expect(textOf(refused)).toMatch(/model requires more system memory .* than is available/);
    server.reapOrphans();
    expect(server.orphans()).toEqual([]);
    expect((await chat(server, { options: { num_predict: 1 } })).status).toBe(200);
  });

  test("by SIGTERM leaves none", async () => {
    const { server } = await start();
    await server.kill();
    expect(server.orphans()).toEqual([]);
  });
});
