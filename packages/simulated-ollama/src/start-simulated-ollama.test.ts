import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { recordedModels, type SimulatedOllamaOptions } from "./options.ts";
import { type SimulatedOllama, startSimulatedOllama } from "./start-simulated-ollama.ts";
import { get, post, recordsOf, textOf } from "./testing/post.ts";
import { until } from "./testing/until.ts";

let servers: SimulatedOllama[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

async function start(options?: SimulatedOllamaOptions): Promise<SimulatedOllama> {
  const server = await startSimulatedOllama(options);
  servers.push(server);
  return server;
}

const chat = (server: SimulatedOllama, more: object = {}) =>
  post(server.port, "/api/chat", {
    body: { model: "smollm2:135m", messages: [{ role: "user", content: "hi" }], options: { num_predict: 4 }, ...more },
  });

describe("the life of a simulated Ollama", () => {
  test("a killed one cuts its streams by FIN, refuses, and comes back on its port with nothing loaded", async () => {
    const server = await start();
    server.setFault({ kind: "hang", afterRecords: 2 });
    const open = chat(server);
    await until(() => server.loadedModels().length === 1);
    await server.kill();
    expect(await open).toMatchObject({ endedBy: "fin" });
    expect(server.received[0]?.closedByClientAt).toBeUndefined();
    expect(server.inFlight()).toBe(0);
    expect(await get(server.port, "/")).toMatchObject({ endedBy: "rst" });
    server.setFault(undefined);
    await server.listenAgain();
    expect(textOf(await get(server.port, "/api/ps"))).toBe('{"models":[]}');
  });

  test("a killed one stays dead when a fault is switched on and off", async () => {
    const server = await start();
    await server.kill();
    server.setFault({ kind: "refuse" });
    server.setFault(undefined);
    await server.waitForIdle();
    expect(await get(server.port, "/")).toMatchObject({ endedBy: "rst" });
  });

  test("listening again fails when the port was taken meanwhile", async () => {
    const server = await start();
    await server.kill();
    await start({ port: server.port });
    await expect(server.listenAgain()).rejects.toThrow("EADDRINUSE");
  });

  test("a taken port, a bad model name and an unknown model to load are errors", async () => {
    const server = await start();
    await expect(startSimulatedOllama({ port: server.port })).rejects.toThrow("EADDRINUSE");
    await expect(startSimulatedOllama({ loaded: ["nope"] })).rejects.toThrow("nope");
    const [model] = recordedModels;
    if (model === undefined) throw new Error("no recorded model");
    await expect(startSimulatedOllama({ models: [{ ...model, name: "a b//c" }] })).rejects.toThrow("a b//c");
  });

  test("says which models are loaded from the start", async () => {
    const server = await start({ loaded: ["gemma3:270m", "smollm2:135m"] });
    expect(server.loadedModels()).toEqual(["gemma3:270m", "smollm2:135m"]);
  });
});

describe("what it tells of its requests", () => {
  test("keeps them as they were sent", async () => {
    const server = await start();
    await chat(server);
    expect(server.received).toMatchObject([{ method: "POST", path: "/api/chat", closedByClientAt: undefined }]);
    expect(server.received[0]?.headers[0]).toEqual(["Host", `127.0.0.1:${server.port}`]);
    expect(JSON.parse(String(server.received[0]?.body))).toMatchObject({ model: "smollm2:135m" });
  });

  test("waitForRequest settles for past and for future requests", async () => {
    const server = await start();
    const future = server.waitForRequest((request) => request.path === "/api/version");
    await get(server.port, "/api/version");
    expect(await future).toBe(server.received[0]);
    expect(await server.waitForRequest(() => true)).toBe(server.received[0]);
  });

  test("calls listeners until they are taken off", async () => {
    const server = await start();
    const paths: string[] = [];
    const stop = server.onRequest((request) => paths.push(request.path));
    await get(server.port, "/api/version");
    stop();
    await get(server.port, "/api/tags");
    expect(paths).toEqual(["/api/version"]);
  });

  test("notes when a client left before its answer", async () => {
    const server = await start();
    server.setFault({ kind: "hang" });
    const leaver = new AbortController();
    const answer = post(server.port, "/api/generate", {
      body: { model: "smollm2:135m", prompt: "x" },
      signal: leaver.signal,
    });
    const request = await server.waitForRequest(() => true);
    expect(request.closedByClientAt).toBeUndefined();
    leaver.abort();
    await answer;
    await server.waitForIdle();
    expect(request.closedByClientAt).toBeGreaterThanOrEqual(request.at);
  });

  test("survives a client that leaves in the middle of its own request", async () => {
    const server = await start();
    const socket = connect(server.port, "127.0.0.1");
    socket.end("POST /api/chat HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
    await new Promise((resolve) => socket.on("close", resolve).resume());
    await server.waitForIdle();
    expect(server.received).toEqual([]);
    expect(await chat(server)).toMatchObject({ status: 200 });
  });
});

describe("the control routes", () => {
  test("are there only when asked for", async () => {
    expect(await get((await start()).port, "/__simulated/state")).toMatchObject({ status: 404 });
    expect(await get((await start({ control: true })).port, "/__simulated/state")).toMatchObject({ status: 200 });
  });

  test("switch faults and show the state without counting themselves", async () => {
    const server = await start({ control: true });
    expect(await post(server.port, "/__simulated/fault", { body: { kind: "busy-503" } })).toMatchObject({
      status: 200,
    });
    expect(await chat(server)).toMatchObject({ status: 503 });
    const state = JSON.parse(textOf(await get(server.port, "/__simulated/state")));
    expect(state).toMatchObject({ fault: { kind: "busy-503" }, inFlight: 0, received: [{ path: "/api/chat" }] });
    await post(server.port, "/__simulated/fault", { body: null });
    expect(recordsOf(await chat(server)).at(-1)).toMatchObject({ done: true });
    expect(await post(server.port, "/__simulated/fault", { body: { kind: "boom" } })).toMatchObject({ status: 400 });
  });
});

describe("answers that are long", () => {
  test("get a length up to 2 KB and are chunked beyond", async () => {
    const server = await start();
    const framings = [];
    for (const num_predict of [50, 2000])
      framings.push((await chat(server, { stream: false, options: { num_predict } })).isChunked);
    expect(framings).toEqual([false, true]);
  });

  test("wait for a client that does not read", async () => {
    const server = await start({ numParallel: 2 });
    // About 14 MB: more than a socket holds on both of its ends.
    const options = { num_predict: 7000 };
    const body = JSON.stringify({
      model: "smollm2:135m",
      prompt: "x",
      keep_alive: 0,
      logprobs: true,
      top_logprobs: 20,
      options,
    });
    const socket = connect(server.port, "127.0.0.1").pause();
    socket.write(`POST /api/generate HTTP/1.1\r\nHost: x.local\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    await server.waitForRequest(() => true);
    // The same answer for a client that does read takes as long as the other one would without waiting.
    for (let round = 0; round < 2; round++) {
      const answer = await fetch(`${server.url}/api/generate`, { method: "POST", body });
      for await (const _ of answer.body ?? []);
    }
    expect(server.inFlight()).toBe(1);
    expect(server.loadedModels()).toEqual(["smollm2:135m"]);
    socket.resume();
    await server.waitForIdle();
    expect(server.loadedModels()).toEqual([]);
    socket.destroy();
  });
});
