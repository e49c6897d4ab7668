import { type BackendReading, modelKey, nodeId, type ServedModel } from "@herd/shared";
import { beforeEach, describe, expect, test } from "vitest";
import type { BackendSnapshot } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import type { NodeOrigin } from "../node-record.ts";
import { Registry } from "../registry.ts";
import { makeHeartbeat, makeLoadedModel, ORIGIN } from "../testing/heartbeats.ts";

const A = nodeId("a");
const SERVER = { node: A, backendId: "openai-8080" };
const key = (name: string) => modelKeyOf(name) ?? modelKey("");
const served = (name: string, wishes: Partial<ServedModel> = {}): ServedModel => ({
  name,
  is_loaded: true,
  context_length: 4096,
  ...wishes,
});
const server = (wishes: Partial<BackendReading> = {}): BackendReading => ({
  kind: "openai-compatible",
  path: "/openai-8080",
  url: "http://127.0.0.1:8080",
  software: "llama-server",
  version: "b1",
  models: ["/models/x.gguf", "m:latest"],
  is_reachable: true,
  served: [served("/models/x.gguf"), served("m:latest")],
  parallelism: 4,
  ...wishes,
});
const gone = server({ is_reachable: false, models: [], served: [], error: "no connection" });

let now: number;
let registry: Registry;
beforeEach(() => {
  now = 1_790_000_000_000;
  registry = new Registry({
    now: () => now,
    bounds: { degradedAfterMs: 15_000, offlineAfterMs: 30_000 },
    medianDecodeSpeed: () => undefined,
    onChange: () => undefined,
  });
});

const LOCAL: NodeOrigin = { address: "127.0.0.1", isLocal: true, publicKey: "key-a" };
function beat(
  backends: readonly BackendReading[],
  origin = ORIGIN,
  gateway: { port: number } | null = { port: 11_433 },
) {
  const ollama = { models_available: ["m:latest"], models_loaded: [makeLoadedModel("m:latest")], reachable: true };
  const heartbeat = makeHeartbeat({ backends: [...backends], gateway }, ollama);
  return registry.accept({ heartbeat, origin, dropped: [] });
}
const backends = (): readonly BackendSnapshot[] => registry.node(A)?.backends ?? [];
const other = (): BackendSnapshot | undefined => backends()[1];
const findings = () => registry.node(A)?.findings ?? [];

describe("a server with OpenAI's API", () => {
  test("stands behind the Ollama, with its own way, slots and models, under names that clients can ask for", () => {
    beat([server()]);
    expect(backends().map(({ id, kind }) => [id, kind])).toEqual([
      ["ollama", "ollama"],
      ["openai-8080", "openai-compatible"],
    ]);
    expect(other()).toMatchObject({
      software: "llama-server",
      version: "b1",
      reachability: "reachable",
      reportedParallelism: 4,
      route: { kind: "gateway", origin: "http://192.168.1.20:11433", prefix: "/openai-8080" },
    });
    expect([...(other()?.models.values() ?? [])]).toMatchObject([
      { name: "x:latest", backendName: "/models/x.gguf", loaded: { contextLength: 4096 } },
      { name: "m:latest", backendName: "m:latest" },
    ]);
  });

  test("and the Ollama of its node hold a model of one name as two, on lanes of their own", () => {
    beat([server()]);
    const holders = registry.snapshot().holders.get(key("m")) ?? [];
    expect(holders.map(({ backend, laneKey }) => [backend.id, laneKey])).toEqual([
      ["ollama", "a:m:latest"],
      ["openai-8080", "a:m:latest@openai-8080"],
    ]);
  });

  test("tells no model twice, and has as many as it names when its agent knows no facts", () => {
    const { served: _, ...bare } = server({ models: ["/a/x.gguf", "/b/x.gguf"] });
    beat([bare]);
    expect([...(other()?.models.values() ?? [])].map(({ name, backendName }) => [name, backendName])).toEqual([
      ["x:latest", "/a/x.gguf"],
      ["x-2:latest", "/b/x.gguf"],
    ]);
  });

  test("that calls itself as the Ollama is called is none", () => {
    beat([server({ path: "/ollama" })]);
    expect(backends()).toHaveLength(1);
  });

  test("with a model that is on disk only has it cold", () => {
    beat([
      server({ served: [served("m", { is_loaded: false, size_gb: 2, context_max: 8192, capabilities: ["tools"] })] }),
    ]);
    expect(other()?.models.get(key("m"))).toMatchObject({
      loaded: undefined,
      sizeBytes: 2 * 2 ** 30,
      contextMax: 8192,
      capabilities: ["tools"],
    });
  });

  test("that its agent forgets is gone", () => {
    beat([server()]);
    beat([]);
    expect(backends()).toHaveLength(1);
    expect(registry.snapshot().holders.get(key("x"))).toBeUndefined();
  });
});

describe("the way to it", () => {
  test("leads over loopback on the router's own machine, with its base path", () => {
    beat([server({ url: "http://localhost:8080/llm" })], LOCAL);
    expect(other()?.route).toEqual({ kind: "loopback", origin: "http://localhost:8080", prefix: "/llm" });
  });

  test.each(["http://192.168.1.9:8080", "https://127.0.0.1:8080", "file:///etc/passwd", "nonsense", undefined])(
    "leads through the gateway even there where its URL is %s",
    (url) => {
      const { url: _, ...rest } = server();
      beat([url === undefined ? rest : { ...rest, url }], LOCAL);
      expect(other()?.route).toEqual({ kind: "gateway", origin: "http://127.0.0.1:11433", prefix: "/openai-8080" });
    },
  );

  test("does not exist while the gateway is closed, whatever another machine claims", () => {
    beat([server({ url: "http://127.0.0.1:22" })], ORIGIN, null);
    expect(other()).toMatchObject({ reachability: "unreachable", route: { origin: "http://127.0.0.1:0" } });
  });
});

describe("signs of life", () => {
  test("of one backend say nothing about the others", () => {
    beat([server(), server({ path: "/openai-9090" })]);
    registry.noteUnreachable(SERVER, { detail: "gateway: unreachable", isNodeRefusing: false });
    expect(backends().map(({ reachability }) => reachability)).toEqual(["reachable", "unreachable", "reachable"]);
    registry.noteUnreachable(A, { detail: "gateway: unreachable", isNodeRefusing: false });
    registry.noteAnswered(SERVER);
    expect(backends().map(({ reachability }) => reachability)).toEqual(["unreachable", "reachable", "reachable"]);
    beat([server(), server({ path: "/openai-9090" })]);
    expect(backends().map(({ reachability }) => reachability)).toEqual(["reachable", "reachable", "reachable"]);
  });

  test("a server that is away keeps its models, none in memory, until it tells of them again; and a finding says why", () => {
    beat([server()]);
    now += 5_000;
    beat([gone]);
    expect(other()).toMatchObject({ reachability: "unreachable" });
    expect(other()?.models.get(key("x"))).toMatchObject({
      loaded: undefined,
      unloadedAt: now,
      backendName: "/models/x.gguf",
    });
    expect(findings()).toEqual([
      expect.objectContaining({
        id: "backend_unreachable/openai-8080",
        text: "its llama-server at http://127.0.0.1:8080 cannot be used: no connection",
      }),
    ]);
    beat([gone]);
    expect(other()?.models.size).toBe(2);
    beat([server({ models: ["y"], served: [served("y")] })]);
    expect([...(other()?.models.keys() ?? [])]).toEqual([key("y")]);
    expect(findings()).toEqual([]);
  });

  test("a server that is starting is no finding", () => {
    beat([{ ...gone, is_starting: true }]);
    expect(findings()).toEqual([]);
    expect(other()?.reachability).toBe("unreachable");
  });

  test("the router's own sight of a loaded model outweighs for a while what was reported", () => {
    beat([server({ served: [served("m", { is_loaded: false })] })]);
    registry.noteLoaded(SERVER, key("m"), { numCtx: undefined, options: "" });
    expect(other()?.models.get(key("m"))?.loaded).toBeDefined();
    expect(backends()[0]?.models.get(key("m"))?.loaded?.loadedWith).toBeUndefined();
    now += 7_001;
    expect(other()?.models.get(key("m"))?.loaded).toBeUndefined();
  });

  test("a model that it turned out not to have is gone from it alone", () => {
    beat([server()]);
    registry.noteMissing(SERVER, key("m"));
    expect(
      registry
        .snapshot()
        .holders.get(key("m"))
        ?.map(({ backend }) => backend.id),
    ).toEqual(["ollama"]);
    registry.noteMissing(SERVER, key("x"));
    expect(registry.snapshot().holders.get(key("x"))).toBeUndefined();
  });
});

test("a stored server is known by its models, with nothing in memory and nothing heard of it", () => {
  const heartbeat = makeHeartbeat({ backends: [server()] });
  registry.restore({ heartbeat, origin: ORIGIN, inventory: { facts: {}, sizesGb: {} } });
  expect(other()).toMatchObject({ reachability: "unknown" });
  expect([...(other()?.models.values() ?? [])].map(({ loaded }) => loaded)).toEqual([undefined, undefined]);
});
