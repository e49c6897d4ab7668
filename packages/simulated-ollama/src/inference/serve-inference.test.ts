import { afterEach, describe, expect, test } from "vitest";
import { recordedModels, type SimulatedOllamaOptions } from "../options.ts";
import { type SimulatedOllama, startSimulatedOllama } from "../start-simulated-ollama.ts";
import { createManualTime, type ManualTime } from "../testing/manual-time.ts";
import { get, post, recordsOf, textOf } from "../testing/post.ts";
import { until } from "../testing/until.ts";

/** 10 tokens a second, 100 of prompt, and a load of 100 MB takes ten seconds. */
const machine = { decodeTokensPerSecond: 10, prefillTokensPerSecond: 100, diskBytesPerSecond: 1e7 };

let servers: SimulatedOllama[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function start(options: SimulatedOllamaOptions = {}): Promise<{ server: SimulatedOllama; time: ManualTime }> {
  const time = createManualTime();
  const server = await startSimulatedOllama({ machine, timeScale: 1, ...options }, time);
  servers.push(server);
  return { server, time };
}

const loaded = { loaded: ["smollm2:135m"] };

function chat(server: SimulatedOllama, body: object, signal?: AbortSignal) {
  const messages = [{ role: "user", content: "hi" }];
  return post(server.port, "/api/chat", {
    body: { model: "smollm2:135m", messages, options: { num_predict: 5 }, ...body },
    ...(signal === undefined ? {} : { signal }),
  });
}

async function psOf(server: SimulatedOllama) {
  const body = JSON.parse(textOf(await get(server.port, "/api/ps"))) as {
    models: { name: string; context_length: number; expires_at: string }[];
  };
  return body.models;
}

/** Settles once this many requests are in the server. */
const sent = (server: SimulatedOllama, count: number) => until(() => server.received.length >= count);

/** Settles once the server knows that the client of its n-th request has left. */
const left = (server: SimulatedOllama, nth: number) =>
  until(() => server.received[nth - 1]?.closedByClientAt !== undefined);

describe("the time of an answer", () => {
  test("a cold request waits for its load, and the answer says how long", async () => {
    const { server, time } = await start();
    const answer = chat(server, {});
    await sent(server, 1);
    await time.advance(9_000);
    expect(server.loadedModels()).toEqual([]);
    await time.advance(2_000);
    const last = recordsOf(await answer).at(-1);
    expect(last?.["load_duration"]).toBeGreaterThan(9.8e9);
    expect(last).toMatchObject({
      prompt_eval_count: 10,
      prompt_eval_duration: 100e6,
      eval_count: 5,
      eval_duration: 400e6,
    });
  });

  test("a prefix that the slot remembers is not read again", async () => {
    const { server, time } = await start(loaded);
    const messages = [{ role: "user", content: "word ".repeat(200) }];
    const first = chat(server, { messages, stream: false });
    await sent(server, 1);
    await time.advance(10_000);
    const [one] = recordsOf(await first);
    const reply = one?.["message"];
    const second = chat(server, { messages: [...messages, reply, { role: "user", content: "more" }], stream: false });
    await sent(server, 2);
    await time.advance(10_000);
    const [two] = recordsOf(await second);
    expect(one?.["prompt_eval_duration"]).toBeGreaterThan(2e9);
    expect(two?.["prompt_eval_count"]).toBeGreaterThan(200);
    expect(two?.["prompt_eval_duration"]).toBeLessThan(0.3e9);
  });

  test("two answers at a time are each slower than one alone", async () => {
    const { server, time } = await start({ ...loaded, numParallel: 2 });
    const answers = [chat(server, {}), chat(server, {})];
    await sent(server, 2);
    await time.advance(10_000);
    const [one, two] = (await Promise.all(answers)).map((answer) =>
      Number(recordsOf(answer).at(-1)?.["eval_duration"]),
    );
    expect(Math.max(one ?? 0, two ?? 0)).toBeCloseTo(400e6 * Math.SQRT2, -8);
  });
});

describe("waiting", () => {
  test("the second request gets no byte until the first answer has ended", async () => {
    const { server, time } = await start(loaded);
    const leaver = new AbortController();
    const first = chat(server, { options: { num_predict: 1000 } }, leaver.signal);
    await sent(server, 1);
    await time.advance(500);
    const second = chat(server, {});
    await sent(server, 2);
    let hasAnswered = false;
    void second.then(() => {
      hasAnswered = true;
    });
    await time.advance(60_000);
    expect(hasAnswered).toBe(false);
    expect(server.inFlight()).toBe(2);
    leaver.abort();
    await left(server, 1);
    expect((await first).chunks.length).toBeGreaterThan(100);
    await time.advance(2_000);
    expect(recordsOf(await second).at(-1)).toMatchObject({ done: true });
  });

  test("a full queue of loads refuses, while the loaded model still takes requests", async () => {
    const { server, time } = await start({ ...loaded, maxLoadedModels: 1, maxQueue: 1 });
    const running = chat(server, { options: { num_predict: 20 } });
    await sent(server, 1);
    await time.advance(100);
    const taken = chat(server, { model: "gemma3:270m", stream: false });
    await sent(server, 2);
    await time.advance(100);
    const queued = chat(server, { model: "gemma3:270m", stream: false });
    await sent(server, 3);
    await time.advance(100);
    const refused = chat(server, { model: "gemma3:270m" });
    const welcome = chat(server, { stream: false });
    await sent(server, 5);
    await time.advance(100);
    expect(await refused).toMatchObject({ status: 503 });
    expect(textOf(await refused)).toBe('{"error":"server busy, please try again.  maximum pending requests exceeded"}');
    await time.advance(120_000);
    for (const answer of [running, taken, queued, welcome]) expect(await answer).toMatchObject({ status: 200 });
    expect(server.loadedModels()).toEqual(["gemma3:270m"]);
  });
});

describe("loading and unloading", () => {
  test("another num_ctx reloads, the same and the default by name do not", async () => {
    const { server, time } = await start({ ...loaded, defaultContext: 2048 });
    const loadTimes: number[] = [];
    for (const options of [{}, { num_ctx: 512 }, { num_ctx: 512 }, {}, { num_ctx: 2048 }, { num_batch: 64 }]) {
      const answer = chat(server, { stream: false, options: { num_predict: 1, ...options } });
      await sent(server, loadTimes.length + 1);
      await time.advance(20_000);
      loadTimes.push(Number(recordsOf(await answer)[0]?.["load_duration"]));
    }
    expect(loadTimes.map((duration) => duration > 1e9)).toEqual([false, true, false, true, false, true]);
  });

  test.each([
    [512, 512],
    [1, 4],
    [16_384, 8192],
  ])("num_ctx %d is a context of %d in /api/ps", async (asked, shown) => {
    const server = await startSimulatedOllama();
    servers.push(server);
    await chat(server, { options: { num_ctx: asked, num_predict: 1 } });
    expect(await psOf(server)).toMatchObject([{ name: "smollm2:135m", context_length: shown }]);
  });

  test("a model leaves when its keep-alive is over, counted from the end of the last request", async () => {
    const { server, time } = await start(loaded);
    const answer = chat(server, { keep_alive: 1.5 });
    await sent(server, 1);
    await time.advance(1_000);
    await answer;
    expect(server.loadedModels()).toEqual(["smollm2:135m"]);
    await time.advance(1_600);
    expect(server.loadedModels()).toEqual([]);
  });

  test("a request without keep_alive leaves the one before in force", async () => {
    const { server, time } = await start(loaded);
    for (const body of [{ keep_alive: -1 }, {}]) {
      const answer = chat(server, body);
      await sent(server, server.received.length + 1);
      await time.advance(1_000);
      await answer;
    }
    expect((await psOf(server))[0]?.expires_at).toMatch(/^2319-/);
  });

  test("an unload of a busy model is answered at once and happens after the answer", async () => {
    const { server, time } = await start(loaded);
    const running = chat(server, { options: { num_predict: 20 } });
    await sent(server, 1);
    await time.advance(500);
    const unload = await post(server.port, "/api/generate", { body: { model: "smollm2:135m", keep_alive: 0 } });
    expect(recordsOf(unload)).toMatchObject([{ done: true, done_reason: "unload" }]);
    const [shown] = await psOf(server);
    expect(Date.parse(shown?.expires_at ?? "")).toBeLessThanOrEqual(time.now());
    await time.advance(10_000);
    expect(recordsOf(await running).at(-1)).toMatchObject({ done: true });
    expect(server.loadedModels()).toEqual([]);
  });

  test("a model that never fits is refused with the text of the memory check", async () => {
    const server = await startSimulatedOllama({ machine: { memoryBytes: 1e8, vramBytes: 0 } });
    servers.push(server);
    const answer = await chat(server, {});
    expect(answer.status).toBe(500);
    expect(textOf(answer)).toMatch(
      /^\{"error":"model requires more system memory \(\d\.\d GiB\) than is available \(0\.1 GiB\)"\}$/,
    );
  });

  test("two names of one set of weights share the loaded model, which keeps its first name", async () => {
    const [base] = recordedModels.filter((model) => model.family === "llama");
    if (base === undefined) throw new Error("the recorded llama is missing");
    const server = await startSimulatedOllama({ models: [base, { ...base, name: "copy" }] });
    servers.push(server);
    await chat(server, {});
    const [second] = recordsOf(await chat(server, { model: "copy", stream: false }));
    expect(second).toMatchObject({ model: "copy", load_duration: 30e6 });
    expect(server.loadedModels()).toEqual(["smollm2:135m"]);
  });
});

describe("a client that leaves", () => {
  test("in mid-load: the load is given up", async () => {
    const { server, time } = await start();
    const leaver = new AbortController();
    const answer = chat(server, {}, leaver.signal);
    await sent(server, 1);
    await time.advance(5_000);
    leaver.abort();
    await left(server, 1);
    await answer;
    await server.waitForIdle();
    await time.advance(60_000);
    expect(server.loadedModels()).toEqual([]);
  });

  test("in mid-load: who waits for the same model is served after a second load from zero", async () => {
    const { server, time } = await start();
    const leaver = new AbortController();
    const first = chat(server, {}, leaver.signal);
    await sent(server, 1);
    await time.advance(5_000);
    const second = chat(server, { stream: false });
    await sent(server, 2);
    await time.advance(1_000);
    leaver.abort();
    await left(server, 1);
    await first;
    await time.advance(30_000);
    expect(Number(recordsOf(await second)[0]?.["load_duration"])).toBeGreaterThan(10.5e9);
  });

  test("in mid-stream: the generation stops and the slot is free", async () => {
    const { server, time } = await start(loaded);
    const leaver = new AbortController();
    const first = chat(server, { options: { num_predict: 1_000_000 } }, leaver.signal);
    await sent(server, 1);
    await time.advance(1_000);
    leaver.abort();
    await left(server, 1);
    await first;
    await server.waitForIdle();
    const second = chat(server, {});
    await sent(server, 2);
    await time.advance(1_000);
    expect(recordsOf(await second)).toHaveLength(6);
  });

  test("in the queue: its request is dropped without a load", async () => {
    const { server, time } = await start({ ...loaded, maxLoadedModels: 1 });
    const running = chat(server, { options: { num_predict: 20 } });
    await sent(server, 1);
    await time.advance(100);
    const leaver = new AbortController();
    const queued = chat(server, { model: "gemma3:270m" }, leaver.signal);
    await sent(server, 2);
    await time.advance(100);
    leaver.abort();
    await left(server, 2);
    await queued;
    await time.advance(60_000);
    await running;
    expect(server.loadedModels()).not.toContain("gemma3:270m");
  });
});
