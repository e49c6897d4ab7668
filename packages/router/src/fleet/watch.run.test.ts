import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { nodeId } from "@herd/shared";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Registry } from "./registry.ts";
import { makeHeartbeat } from "./testing/heartbeats.ts";
import { Watch } from "./watch.run.ts";

const START = 1_790_000_000_000;
const A = nodeId("a");

let now: number;
let registry: Registry;
let watch: Watch;
let events: string[];
let told: () => void;
const servers: Server[] = [];

beforeEach(() => {
  now = START;
  events = [];
  told = () => undefined;
  registry = new Registry({
    now: () => now,
    bounds: { degradedAfterMs: 15_000, offlineAfterMs: 30_000 },
    medianDecodeSpeed: () => undefined,
    onChange: () => told(),
  });
  watch = new Watch({
    registry,
    now: () => now,
    probeAfterMs: 15_000,
    connectTimeoutMs: 500,
    onVanished: (node, detail) => events.push(`${node} vanished: ${detail}`),
    onStatus: ({ nodeId: id, status }) => events.push(`${id} is ${status}`),
  });
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

/** A port on which somebody listens; connections are counted. */
async function listen(): Promise<{ readonly port: number; readonly connections: Socket[] }> {
  const connections: Socket[] = [];
  const server = createServer((socket) => {
    connections.push(socket);
    socket.on("error", () => undefined);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, connections };
}

/** A port on which nobody listens. */
async function freePort(): Promise<number> {
  const { port } = await listen();
  const server = servers.pop();
  await new Promise((resolve) => server?.close(resolve));
  return port;
}

const join = (port: number, isLocal = false): void => {
  const origin = { address: "127.0.0.1", isLocal, publicKey: "key" };
  registry.accept({ heartbeat: makeHeartbeat({ gateway: { port } }), origin, dropped: [] });
};

/** The next change of the registry. */
const change = (): Promise<void> =>
  new Promise((resolve) => {
    told = resolve;
  });

describe("a node that misses its heartbeats", () => {
  test("is not asked while it is silent for a short time", async () => {
    const { port, connections } = await listen();
    join(port);
    now += 14_999;
    watch.tick();
    await new Promise(setImmediate);
    expect([connections.length, events]).toEqual([0, []]);
  });

  test("is asked at its port, and left alone while that answers", async () => {
    const { port, connections } = await listen();
    join(port);
    now += 15_000;
    watch.tick();
    await expect.poll(() => connections.length).toBe(1);
    expect(registry.record(A)?.isRefusing).toBe(false);
    expect(events).toEqual([]);
  });

  test("and whose port refuses has vanished: its attempts end, and it is degraded", async () => {
    join(await freePort());
    now += 15_000;
    const changed = change();
    watch.tick();
    await changed;
    await Promise.resolve();
    expect(events).toEqual([
      expect.stringMatching(/^a vanished: it missed its heartbeats, and its port: .*ECONNREFUSED/),
    ]);
    expect(registry.snapshot().nodes[0]?.status).toBe("degraded");
  });

  test("is asked again every five seconds, until it is offline", async () => {
    const { port, connections } = await listen();
    join(port);
    for (let second = 1; second <= 40; second += 1) {
      now += 1000;
      watch.tick();
    }
    await expect.poll(() => connections.length).toBe(4);
    expect(events).toEqual(["a is degraded", "a is offline"]);
  });

  test("but reports while it is asked is there after all", async () => {
    const port = await freePort();
    join(port);
    now += 15_000;
    watch.tick();
    join(port);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([registry.record(A)?.isRefusing, events]).toEqual([false, []]);
  });
});

describe("a backend on the router's own machine that refuses", () => {
  test("lets the agent's port be asked: a dead agent is degraded, and no attempt is ended", async () => {
    join(await freePort(), true);
    const changed = change();
    const [node] = registry.snapshot().nodes;
    if (node === undefined) throw new Error("node a is not there");
    watch.check(node, "its backend refuses connections");
    await changed;
    expect([registry.snapshot().nodes[0]?.status, events]).toEqual(["degraded", []]);
  });
});
