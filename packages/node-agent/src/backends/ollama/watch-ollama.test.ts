import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type SimulatedOllama, startSimulatedOllama } from "@herd/simulated-ollama";
import { afterEach, expect, test } from "vitest";
import { createOllamaCalls } from "./ollama-calls.ts";
import { type OllamaState, type OllamaWatch, watchOllama } from "./watch-ollama.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Watched extends OllamaWatch {
  readonly changes: OllamaState[];
  readonly troubles: string[];
}

function watch(url: string, inspectEveryMs = 1): Watched {
  const calls = createOllamaCalls(url);
  const changes: OllamaState[] = [];
  const troubles: string[] = [];
  const watched = watchOllama({
    calls,
    monotonic: () => performance.now(),
    onReachability: (state) => changes.push(state),
    onTrouble: (sentence) => troubles.push(sentence),
    pollEveryMs: 10,
    inspectEveryMs,
  });
  cleanUps.push(() => {
    watched.close();
    return calls.close();
  });
  return { ...watched, changes, troubles };
}

async function simulated(): Promise<SimulatedOllama> {
  const ollama = await startSimulatedOllama({ loaded: ["gemma3:270m"] });
  cleanUps.push(() => ollama.close());
  return ollama;
}

/** A server whose answers stand in `answers` by path; a path that is missing is never answered. */
async function scripted(answers: Record<string, unknown>): Promise<string> {
  const server: Server = createServer((incoming, response) => {
    const answer = answers[incoming.url ?? ""];
    if (answer !== undefined) response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanUps.push(() => server.close() && server.closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const reachable = (state: OllamaState) => (state.isReachable ? state : undefined);

test("the first poll tells version, what is loaded and what is on disk", async () => {
  const watched = watch((await simulated()).url);
  expect(watched.current()).toEqual({ isReachable: false, error: "it has not answered yet" });
  await watched.firstPoll;
  expect(watched.current()).toMatchObject({ isReachable: true, version: "0.24.0", loaded: [{ name: "gemma3:270m" }] });
  expect(reachable(watched.current())?.inventory.names).toHaveLength(3);
});

test("each model's capabilities are asked once, by digest", async () => {
  const ollama = await simulated();
  const watched = watch(ollama.url);
  const known = () =>
    Object.values(reachable(watched.current())?.inventory.facts ?? {}).map((facts) => facts.capabilities);
  await expect.poll(known, { timeout: 5_000 }).toEqual([["embedding"], ["completion"], ["completion"]]);
  watched.readInventoryAgain();
  const lists = () => ollama.received.filter(({ path }) => path === "/api/tags").length;
  await expect.poll(lists, { timeout: 5_000 }).toBeGreaterThan(1);
  expect(ollama.received.filter(({ path }) => path === "/api/show")).toHaveLength(3);
});

test("coming and going are each told once", async () => {
  const ollama = await simulated();
  const watched = watch(ollama.url);
  await watched.firstPoll;
  await ollama.kill();
  await expect.poll(() => watched.changes.length, { timeout: 5_000 }).toBe(2);
  await ollama.listenAgain();
  await expect.poll(() => watched.changes.length, { timeout: 5_000 }).toBe(3);
  expect(watched.changes.map(({ isReachable }) => isReachable)).toEqual([true, false, true]);
  expect(watched.changes[1]).toEqual({ isReachable: false, error: expect.stringContaining("ECONNREFUSED") });
});

test("between two looks into memory, its death is noticed without a request", async () => {
  const ollama = await simulated();
  const watched = watch(ollama.url, 3_600_000);
  await watched.firstPoll;
  const looks = () => ollama.received.filter(({ path }) => path === "/api/ps").length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(looks()).toBe(1);
  await ollama.kill();
  await expect.poll(() => watched.current().isReachable, { timeout: 5_000 }).toBe(false);
});

test("answers that are not Ollama's make it unusable, with the reason", async () => {
  const watched = watch(await scripted({ "/api/ps": "<html>" }));
  await watched.firstPoll;
  expect(watched.current()).toEqual({ isReachable: false, error: "/api/ps answered no JSON" });
});

test("a list that cannot be read any more leaves the last one, and is told once", async () => {
  const answers: Record<string, unknown> = {
    "/api/ps": { models: null },
    "/api/version": { version: "0.24.0" },
    "/api/tags": {
      models: [{ name: "a:1", size: 2 ** 30, details: { families: null, context_length: 5 }, capabilities: [] }],
    },
  };
  const watched = watch(await scripted(answers));
  await watched.firstPoll;
  answers["/api/tags"] = "broken";
  watched.readInventoryAgain();
  await expect.poll(() => watched.troubles).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(watched.troubles).toHaveLength(1);
  expect(reachable(watched.current())?.inventory).toMatchObject({ names: ["a:1"], sizes: { "a:1": 1 } });
});

test("entries that cannot be used are left out, and the others count", async () => {
  const watched = watch(
    await scripted({
      "/api/ps": { models: [{ name: "a:1", size: "big" }, { model: "nameless" }, 7] },
      "/api/version": { version: "0.24.0" },
      "/api/tags": { models: [{ name: "a:1", digest: 5, details: "none" }, { name: "" }] },
    }),
  );
  await watched.firstPoll;
  expect(watched.current()).toMatchObject({ isReachable: true, loaded: [{ name: "a:1", size_gb: 0 }] });
  expect(reachable(watched.current())?.inventory.names).toEqual(["a:1"]);
});
