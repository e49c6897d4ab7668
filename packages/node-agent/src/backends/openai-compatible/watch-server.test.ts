import { afterEach, expect, test } from "vitest";
import { BackendCallError } from "../backend-call.ts";
import { createServerCalls } from "./server-calls.ts";
import { createServerReader } from "./server-reader.ts";
import { llamaServer, llamaServerLoading, vllm } from "./testing/known-servers.ts";
import { type StandInServer, startStandIn } from "./testing/stand-in-server.ts";
import { type ServerState, type ServerWatch, watchServer } from "./watch-server.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  await Promise.all(undo.splice(0).map((end) => end()));
});

interface Watched {
  readonly server: StandInServer;
  readonly watch: ServerWatch;
  readonly states: readonly ServerState[];
}

async function watching(answers = llamaServer): Promise<Watched> {
  const server = await startStandIn(answers);
  const calls = createServerCalls(server.url);
  const states: ServerState[] = [];
  const watch = watchServer({
    calls,
    reader: createServerReader({ calls, wallClock: () => 0 }),
    monotonic: () => performance.now(),
    onChange: (state) => states.push(state),
    pollEveryMs: 5,
    inspectEveryMs: 10,
  });
  undo.push(watch.close, calls.close, server.stop);
  await watch.firstPoll;
  return { server, watch, states };
}

const reachable = expect.objectContaining({ isReachable: true });

test("a server that goes and comes back is seen going and coming back", async () => {
  const { server, watch, states } = await watching();
  expect(watch.current()).toMatchObject({ isReachable: true, software: "llama-server" });
  await server.stop();
  await expect.poll(watch.current).toMatchObject({
    isReachable: false,
    isStarting: false,
    software: "llama-server",
    error: expect.stringContaining("no connection"),
  });
  await server.start();
  await expect.poll(watch.current).toMatchObject({ isReachable: true });
  expect(states.map(({ isReachable }) => isReachable)).toEqual([true, false, true]);
});

test("while it loads its model it is starting, and then it is there", async () => {
  const { server, watch, states } = await watching(llamaServerLoading);
  expect(watch.current()).toMatchObject({ isReachable: false, isStarting: true });
  server.answers = llamaServer;
  await expect.poll(watch.current).toMatchObject({ isReachable: true });
  expect(states).toEqual([expect.objectContaining({ isStarting: true }), reachable]);
});

test("another model is seen, and nothing is told while nothing changes", async () => {
  const { server, watch, states } = await watching(vllm);
  const before = server.asked.length;
  await expect.poll(() => server.asked.length).toBeGreaterThan(before + 3);
  expect(states).toEqual([reachable]);
  server.answers = { ...vllm, "GET /v1/models": { data: [{ id: "other", owned_by: "vllm" }] } };
  await expect.poll(watch.current).toMatchObject({ models: [{ name: "other" }] });
  expect(states).toHaveLength(2);
});

test("one that takes another's place is read anew", async () => {
  const { server, watch } = await watching(vllm);
  await server.stop();
  await expect.poll(watch.current).toMatchObject({ isReachable: false });
  server.answers = { ...vllm, "GET /version": { version: "0.12.0" } };
  await server.start();
  await expect.poll(watch.current).toMatchObject({ isReachable: true, version: "0.12.0" });
});

test("one that stays away is looked for less and less often", async () => {
  let looks = 0;
  const waits: number[] = [];
  let last = performance.now();
  const watch = watchServer({
    calls: { takesConnections: () => Promise.resolve(false) },
    reader: {
      read: () => {
        waits.push(performance.now() - last);
        last = performance.now();
        looks += 1;
        return Promise.reject(new Error("gone"));
      },
      forget: () => undefined,
    },
    monotonic: () => performance.now(),
    onChange: () => undefined,
    pollEveryMs: 4,
  });
  undo.push(watch.close);
  await expect.poll(() => looks).toBeGreaterThan(6);
  expect(waits[5] ?? 0).toBeGreaterThan(30);
  expect(waits[6] ?? 0).toBeGreaterThan(35);
});

test("a server that answers late once or twice is not gone", async () => {
  const states: boolean[] = [];
  const changedAt: number[] = [];
  const silent = () => Promise.reject(new BackendCallError("silent", "it did not answer in time"));
  const reading = { software: "vLLM", version: "", parallelism: undefined, models: [] };
  let reads = 0;
  const watch = watchServer({
    calls: { takesConnections: () => Promise.resolve(true) },
    reader: {
      read: () => {
        reads += 1;
        return [2, 3, 5, 6, 7].includes(reads) ? silent() : Promise.resolve(reading);
      },
      forget: () => undefined,
    },
    monotonic: () => performance.now(),
    onChange: ({ isReachable }) => states.push(isReachable) && changedAt.push(reads),
    pollEveryMs: 1,
    inspectEveryMs: 0,
  });
  undo.push(watch.close);
  await expect.poll(() => states).toEqual([true, false, true]);
  expect(changedAt).toEqual([1, 7, 8]);
});
