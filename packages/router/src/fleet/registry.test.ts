import { type Heartbeat, modelKey, nodeId } from "@herd/shared";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import type { FleetSnapshot, ModelSnapshot } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { fleetSnapshotOf } from "./fleet-snapshot-of.ts";
import { nodeSnapshotOf } from "./node-snapshot-of.ts";
import { Registry } from "./registry.ts";
import { arbitraryHeartbeat, makeHeartbeat, makeLoadedModel, ORIGIN } from "./testing/heartbeats.ts";

const START = 1_790_000_000_000;
const BOUNDS = { degradedAfterMs: 15_000, offlineAfterMs: 30_000 };
const A = nodeId("a");

let now: number;
let changes: number;
let registry: Registry;

beforeEach(() => {
  now = START;
  changes = 0;
  registry = createRegistry();
});

function createRegistry(): Registry {
  return new Registry({
    now: () => now,
    bounds: BOUNDS,
    medianDecodeSpeed: () => 42,
    onChange: () => {
      changes += 1;
    },
  });
}

const accept = (heartbeat: Heartbeat, publicKey: string | undefined = "key-a") =>
  registry.accept({ heartbeat, origin: { ...ORIGIN, publicKey }, dropped: [] });

const node = () => {
  const found = registry.snapshot().nodes.find(({ nodeId: id }) => id === A);
  if (found === undefined) throw new Error("node a is not there");
  return found;
};

const modelNamed = (name: string): ModelSnapshot | undefined =>
  node().backends[0]?.models.get(modelKeyOf(name) ?? modelKey(""));

describe("a model that the node itself listed a moment ago", () => {
  const found = (...names: string[]) =>
    registry.noteInventory(A, {
      names,
      facts: Object.fromEntries(names.map((name) => [name, { digest: name }])),
      sizesGb: {},
    });
  const report = makeHeartbeat({}, { models_available: ["m:latest"] });

  test("stays with its facts while the agent has not looked yet, and not for longer", () => {
    accept(report);
    found("m:latest", "n:1b");
    now += 19_999;
    accept(report);
    expect(modelNamed("n:1b")).toMatchObject({ digest: "n:1b" });
    now += 1;
    accept(report);
    expect(modelNamed("n:1b")).toBeUndefined();
  });

  test("goes as soon as the agent, having seen it, shows it no more", () => {
    accept(report);
    found("m:latest", "n:1b");
    accept(makeHeartbeat({}, { models_available: ["m:latest", "n:1b"] }));
    accept(report);
    expect(modelNamed("n:1b")).toBeUndefined();
  });

  test("stays when the node lists another one after it", () => {
    accept(makeHeartbeat({}, { models_available: ["m:latest"] }));
    registry.noteInventory(A, { names: ["m:latest", "n:1b"], facts: {}, sizesGb: {} });
    registry.noteInventory(A, { names: ["m:latest", "n:1b", "o:1b"], facts: {}, sizesGb: {} });
    accept(makeHeartbeat({}, { models_available: ["m:latest"] }));
    expect([modelNamed("n:1b"), modelNamed("o:1b")].map((model) => model?.name)).toEqual(["n:1b", "o:1b"]);
  });
});

describe("a model that the node itself said is gone", () => {
  const KEY = modelKeyOf("m:latest") ?? modelKey("");
  const report = makeHeartbeat({}, { models_available: ["m:latest"], models_loaded: [makeLoadedModel("m:latest")] });
  const inMemory = () => modelNamed("m:latest")?.loaded !== undefined;

  test("from its disk stays away while the agent has not looked yet, and not for longer", () => {
    accept(report);
    registry.noteMissing(A, KEY);
    now += 19_999;
    accept(report);
    expect(modelNamed("m:latest")).toBeUndefined();
    now += 1;
    accept(report);
    expect(modelNamed("m:latest")).toBeDefined();
  });

  test("from its disk is back when the node lists it, or an agent that saw it go shows it again", () => {
    accept(report);
    registry.noteMissing(A, KEY);
    registry.noteInventory(A, { names: ["m:latest"], facts: {}, sizesGb: {} });
    accept(report);
    expect(modelNamed("m:latest")).toBeDefined();
    registry.noteMissing(A, KEY);
    accept(makeHeartbeat());
    accept(report);
    expect(modelNamed("m:latest")).toBeDefined();
  });

  test("from its memory is still on its disk, and in memory again when it answers or is shown for long enough", () => {
    accept(makeHeartbeat({}, { models_loaded: [makeLoadedModel("m:latest")] }));
    registry.noteUnloaded(A, new Set([KEY]));
    expect([modelNamed("m:latest") === undefined, inMemory()]).toEqual([false, false]);
    expect(modelNamed("m:latest")?.unloadedAt).toBe(now);
    now += 4_999;
    accept(report);
    expect(inMemory()).toBe(false);
    registry.noteLoaded(A, KEY, { numCtx: undefined, options: "" });
    accept(report);
    expect(inMemory()).toBe(true);
    registry.noteUnloaded(A, new Set([KEY]));
    now += 5_000;
    accept(report);
    expect(inMemory()).toBe(true);
  });
});

describe("a heartbeat", () => {
  test("makes a node known, with what is on it", () => {
    const report = accept(
      makeHeartbeat({}, { models_available: ["m:latest"], models_loaded: [makeLoadedModel("m:latest")] }),
    );
    expect(report.isNew).toBe(true);
    expect(node()).toMatchObject({ status: "online", isDraining: false, isLegacy: false, lastHeartbeatAt: START });
    expect(modelNamed("M")).toMatchObject({ name: "m:latest", loaded: { contextLength: 4096 } });
    expect(accept(makeHeartbeat()).isNew).toBe(false);
  });

  test("of the predecessor's agents marks its node", () => {
    registry.accept({ heartbeat: makeHeartbeat(), origin: { ...ORIGIN, publicKey: undefined }, dropped: [] });
    expect(node().isLegacy).toBe(true);
  });

  test("names what of it could not be read, until one that can be read comes", () => {
    registry.accept({
      heartbeat: makeHeartbeat(),
      origin: ORIGIN,
      dropped: [{ path: "power.source", reason: "Invalid option" }],
    });
    expect(node().findings).toMatchObject([
      { id: "heartbeat_field", text: "power.source could not be read: Invalid option" },
    ]);
    accept(makeHeartbeat());
    expect(node().findings).toEqual([]);
  });

  test("whose clock is far off becomes a finding, and breaks nothing", () => {
    accept(makeHeartbeat({ timestamp: START / 1000 + 90 }));
    expect(node()).toMatchObject({
      status: "online",
      findings: [{ id: "clock_skew", text: expect.stringContaining("90 s") }],
    });
    accept(makeHeartbeat({ timestamp: START / 1000 + 29 }));
    expect(node().findings).toEqual([]);
  });
});

describe("the inventory", () => {
  const facts = { "m:latest": { digest: "d1", capabilities: ["tools"], context_max: 8192, family: "llama" } };

  test("stays when a heartbeat leaves it out, and goes with its model", () => {
    accept(
      makeHeartbeat(
        {},
        { models_available: ["m:latest"], models_available_meta: facts, models_available_sizes: { "m:latest": 4 } },
      ),
    );
    accept(makeHeartbeat({}, { models_available: ["m:latest"] }));
    expect(modelNamed("m")).toMatchObject({ digest: "d1", capabilities: ["tools"], sizeBytes: 4 * 2 ** 30 });
    accept(makeHeartbeat({}, { models_available: [] }));
    accept(makeHeartbeat({}, { models_available: ["m:latest"] }));
    expect(modelNamed("m")).toMatchObject({ digest: undefined, capabilities: undefined, sizeBytes: undefined });
  });

  test("is asked for while facts are missing, but never of an agent that has just sent all it has", () => {
    const lacking = { models_available: ["m:latest", "odd:latest"] };
    expect(accept(makeHeartbeat({}, lacking)).needsInventory).toBe(true);
    expect(accept(makeHeartbeat({}, { ...lacking, models_available_meta: facts })).needsInventory).toBe(false);
    expect(accept(makeHeartbeat({}, lacking)).needsInventory).toBe(true);
    expect(accept(makeHeartbeat({}, { models_available: ["m:latest"] })).needsInventory).toBe(false);
  });

  test("that the router read itself takes nothing away of what the agent told", () => {
    accept(makeHeartbeat({}, { models_available: ["m:latest"], models_available_meta: facts }));
    const found = { "m:latest": { digest: "d1", modified_at: "today" }, "new:latest": { digest: "d2" } };
    registry.noteInventory(A, { names: Object.keys(found), facts: found, sizesGb: { "new:latest": 2 } });
    expect(modelNamed("m")).toMatchObject({
      capabilities: ["tools"],
      contextMax: 8192,
      facts: { family: "llama", modifiedAt: "today" },
    });
    expect(modelNamed("new")).toMatchObject({ digest: "d2", sizeBytes: 2 * 2 ** 30 });
  });

  test("of a model that was replaced is what was read last", () => {
    accept(makeHeartbeat({}, { models_available: ["m:latest"], models_available_meta: facts }));
    registry.noteInventory(A, { names: ["m:latest"], facts: { "m:latest": { digest: "d9" } }, sizesGb: {} });
    expect(modelNamed("m")).toMatchObject({ digest: "d9", capabilities: undefined });
  });

  test("is completed by traits that were read by digest", () => {
    accept(
      makeHeartbeat({}, { models_available: ["m:latest"], models_available_meta: { "m:latest": { digest: "d1" } } }),
    );
    expect(registry.hasTraits("d1")).toBe(false);
    registry.noteTraits("d1", { capabilities: ["vision"], contextMax: 4096 });
    expect([registry.hasTraits("d1"), modelNamed("m")]).toMatchObject([
      true,
      { capabilities: ["vision"], contextMax: 4096 },
    ]);
  });

  test("of a model with the name of an object's own member is nothing special", () => {
    accept(makeHeartbeat({}, { models_available: ["constructor", "toString:latest"] }));
    expect(modelNamed("constructor")).toMatchObject({ name: "constructor", digest: undefined, sizeBytes: undefined });
  });
});

describe("models in memory", () => {
  const available = { models_available: ["m:latest", "n:latest"] };
  const loaded = (...names: string[]) =>
    makeHeartbeat({}, { ...available, models_loaded: names.map((name) => makeLoadedModel(name)) });

  test("that leave it are remembered with when, until they come back", () => {
    accept(loaded("m:latest"));
    now += 5000;
    accept(loaded("n:latest"));
    expect(modelNamed("m")).toMatchObject({ loaded: undefined, unloadedAt: START + 5000 });
    now += 5000;
    accept(loaded("n:latest"));
    expect(modelNamed("m")?.unloadedAt).toBe(START + 5000);
    accept(loaded("m:latest"));
    expect(modelNamed("m")?.unloadedAt).toBeUndefined();
    expect(modelNamed("n")?.unloadedAt).toBe(START + 10_000);
  });

  test("are seen by their answers before a heartbeat tells of them, for a while", () => {
    accept(loaded());
    registry.noteLoaded(A, modelKeyOf("m") ?? modelKey(""), { numCtx: 8192, options: "" });
    expect(modelNamed("m")?.loaded).toMatchObject({ contextLength: 8192, loadedWith: { numCtx: 8192 } });
    now += 7000;
    registry.sweep();
    expect(modelNamed("m")?.loaded).toBeDefined();
    now += 1;
    registry.sweep();
    expect(modelNamed("m")?.loaded).toBeUndefined();
  });

  test("keep what their load was asked for while they stay", () => {
    accept(loaded("m:latest"));
    registry.noteLoaded(A, modelKeyOf("m") ?? modelKey(""), { numCtx: 8192, options: "num_gpu=0" });
    now += 60_000;
    accept(loaded("m:latest"));
    expect(modelNamed("m")?.loaded?.loadedWith).toEqual({ numCtx: 8192, options: "num_gpu=0" });
    accept(loaded());
    accept(loaded("m:latest"));
    expect(modelNamed("m")?.loaded?.loadedWith).toBeUndefined();
  });
});

describe("signs of life", () => {
  test("make a refusing node degraded and its backend unreachable at once, until it is heard of", () => {
    accept(makeHeartbeat());
    registry.noteUnreachable(A, { detail: "ECONNREFUSED", isNodeRefusing: true });
    expect(node()).toMatchObject({ status: "degraded", backends: [{ reachability: "unreachable" }] });
    accept(makeHeartbeat());
    expect(node()).toMatchObject({ status: "online", backends: [{ reachability: "reachable" }] });
  });

  test("leave a node online whose backend alone does not answer", () => {
    accept(makeHeartbeat());
    registry.noteUnreachable(A, { detail: "ECONNREFUSED", isNodeRefusing: false });
    expect(node()).toMatchObject({ status: "online", backends: [{ reachability: "unreachable" }] });
    registry.noteAnswered(A);
    expect(node().backends[0]?.reachability).toBe("reachable");
  });

  test("of a backend that does not answer leave its models known, none of them in memory", () => {
    accept(makeHeartbeat({}, { models_available: ["m:latest"], models_loaded: [makeLoadedModel("m:latest")] }));
    now += 1000;
    accept(makeHeartbeat({}, { reachable: false, error: "connection refused" }));
    expect(node().backends[0]?.reachability).toBe("unreachable");
    expect(modelNamed("m")).toMatchObject({ loaded: undefined, unloadedAt: START + 1000 });
  });

  test("grow old by themselves: degraded, then offline, each told once", () => {
    accept(makeHeartbeat());
    expect(registry.sweep()).toEqual([]);
    now += 15_001;
    expect(registry.sweep().map(({ status }) => status)).toEqual(["degraded"]);
    expect(registry.sweep()).toEqual([]);
    now += 15_000;
    expect(registry.sweep().map(({ status }) => status)).toEqual(["offline"]);
    expect(registry.snapshot().holders.size).toBe(0);
  });

  test("of draining end with the next ordinary heartbeat", () => {
    accept(makeHeartbeat());
    expect(registry.drain(A)).toBe(true);
    expect(node().isDraining).toBe(true);
    accept(makeHeartbeat());
    expect(node().isDraining).toBe(false);
    expect(registry.drain(nodeId("nobody"))).toBe(false);
  });

  test("found by using it stay as findings until a call is answered, each once", () => {
    accept(makeHeartbeat());
    const finding = { id: "host_refused", text: "t", fix: "f" };
    registry.noteFinding(A, finding);
    registry.noteFinding(A, finding);
    accept(makeHeartbeat());
    expect(node().findings).toEqual([finding]);
    registry.noteAnswered(A);
    expect(node().findings).toEqual([]);
  });
});

describe("a stored node", () => {
  test("is known with its models, offline and unheard of, until it reports", () => {
    const inventory = { facts: { "m:latest": { digest: "d1" } }, sizesGb: { "m:latest": 4 } };
    registry.restore({ heartbeat: makeHeartbeat({}, { models_available: ["m:latest"] }), origin: ORIGIN, inventory });
    expect(node()).toMatchObject({
      status: "offline",
      lastHeartbeatAt: undefined,
      backends: [{ reachability: "unknown" }],
    });
    expect(registry.snapshot().holders.get(modelKeyOf("m") ?? modelKey(""))).toHaveLength(1);
    expect(accept(makeHeartbeat({}, { models_available: ["m:latest"] })).isNew).toBe(true);
    expect([node().status, modelNamed("m")?.digest]).toEqual(["online", "d1"]);
  });

  test("never replaces one that has reported", () => {
    accept(makeHeartbeat({ chip: "M2" }));
    registry.restore({
      heartbeat: makeHeartbeat({ chip: "old" }),
      origin: ORIGIN,
      inventory: { facts: {}, sizesGb: {} },
    });
    expect(node()).toMatchObject({ status: "online", chip: "M2" });
  });
});

describe("the snapshot", () => {
  test("is the same one until something changes, and everybody hears of changes", () => {
    accept(makeHeartbeat());
    const before = registry.snapshot();
    expect(registry.snapshot()).toBe(before);
    registry.noteAnswered(A);
    expect([registry.snapshot() === before, changes]).toEqual([true, 1]);
    accept(makeHeartbeat());
    expect([registry.snapshot() === before, registry.snapshot().version > before.version, changes]).toEqual([
      false,
      true,
      2,
    ]);
  });

  test("does not know a removed node any more", () => {
    accept(makeHeartbeat({}, { models_available: ["m:latest"] }));
    expect([registry.remove(A), registry.remove(A)]).toEqual([true, false]);
    expect([registry.snapshot().nodes.length, registry.snapshot().holders.size]).toEqual([0, 0]);
  });

  test("holds the middle bandwidth of the nodes that are there and tell it", () => {
    for (const [id, bandwidth] of [
      ["a", 100],
      ["b", 400],
      ["c", 900],
      ["d", 0],
    ] as const) {
      registry.accept({
        heartbeat: makeHeartbeat({ node_id: id, memory_bandwidth_gbps: bandwidth }),
        origin: ORIGIN,
        dropped: [],
      });
    }
    expect(registry.snapshot().aggregates).toEqual({ medianBandwidth: 400, medianDecodeSpeed: 42 });
  });

  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("heartbeat" as const), heartbeat: arbitraryHeartbeat }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          "drain",
          "refuse",
          "backend",
          "answered",
          "loaded",
          "missing",
          "remove",
          "restore",
          "traits",
          "finding",
        ),
        id: fc.constantFrom("a", "b", "c"),
        model: fc.constantFrom("m", "n:1b", "constructor"),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 1, max: 20_000 }) }),
    },
  );

  test("is always what building it anew from the records would give", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50, size: "max" }), (steps) => {
        now = START;
        registry = createRegistry();
        const traits = new Map<string, { capabilities: readonly ["tools"]; contextMax: number }>();
        const apply = stepsOn(traits);
        for (const one of steps) {
          apply(one);
          expect(plain(registry.snapshot())).toEqual(plain(rebuilt(traits)));
        }
      }),
    );
  });

  /** Everything but the version. */
  const plain = ({ nodes, holders, aggregates }: FleetSnapshot) => ({ nodes, holders, aggregates });

  function rebuilt(
    traits: ReadonlyMap<string, { capabilities: readonly ["tools"]; contextMax: number }>,
  ): FleetSnapshot {
    const context = { now, bounds: BOUNDS, traitsOf: (digest: string) => traits.get(digest) };
    const nodes = registry.records().map((record) => nodeSnapshotOf(record, context));
    return fleetSnapshotOf(nodes, { version: 0, medianDecodeSpeed: 42 });
  }

  function stepsOn(traits: Parameters<typeof actionsOn>[0]) {
    const actions = actionsOn(traits);
    return (one: typeof step extends fc.Arbitrary<infer Step> ? Step : never): void => {
      if (one.kind === "heartbeat") registry.accept({ heartbeat: one.heartbeat, origin: ORIGIN, dropped: [] });
      else if (one.kind === "pass") {
        now += one.ms;
        registry.sweep();
      } else actions[one.kind](nodeId(one.id), one.model);
    };
  }

  function actionsOn(traits: Map<string, { capabilities: readonly ["tools"]; contextMax: number }>) {
    const keyOf = (model: string) => modelKeyOf(model) ?? modelKey("");
    return {
      drain: (id: typeof A) => registry.drain(id),
      refuse: (id: typeof A) => registry.noteUnreachable(id, { detail: "x", isNodeRefusing: true }),
      backend: (id: typeof A) => registry.noteUnreachable(id, { detail: "x", isNodeRefusing: false }),
      answered: (id: typeof A) => registry.noteAnswered(id),
      loaded: (id: typeof A, model: string) => registry.noteLoaded(id, keyOf(model), { numCtx: 512, options: "" }),
      missing: (id: typeof A, model: string) => registry.noteMissing(id, keyOf(model)),
      remove: (id: typeof A) => registry.remove(id),
      restore: (id: typeof A) =>
        registry.restore({
          heartbeat: makeHeartbeat({ node_id: id }),
          origin: ORIGIN,
          inventory: { facts: {}, sizesGb: {} },
        }),
      finding: (id: typeof A) => registry.noteFinding(id, { id: "f", text: "t", fix: "x" }),
      traits: (_id: typeof A, model: string) => {
        const known = { capabilities: ["tools"], contextMax: 512 } as const;
        const digest = model === "m" ? "d1" : "d2";
        traits.set(digest, known);
        registry.noteTraits(digest, known);
      },
    };
  }
});

describe("what a model was loaded with", () => {
  const key = modelKeyOf("m") ?? modelKey("");
  const report = (context: number): void => {
    now += 5_000;
    accept(makeHeartbeat({}, { models_loaded: [makeLoadedModel("m:latest", { context_length: context })] }));
  };
  const seen = (numCtx: number | undefined): void => {
    now += 1;
    registry.noteLoaded(A, key, { numCtx, options: "" });
  };
  const loaded = () => modelNamed("m")?.loaded;

  test("is remembered while the node goes on reporting the context of that load", () => {
    report(6000);
    seen(8192);
    report(8192);
    report(8192);
    expect(loaded()).toMatchObject({ contextLength: 8192, loadedWith: { numCtx: 8192 } });
  });

  test.each([
    ["a named load in place of a silent one", undefined, [4096, 8192]],
    ["a silent load in place of a named one", 8192, [8192, 4096]],
    ["another router's load", 8192, [8192, 16_000]],
  ] as const)("is forgotten with %s", (_title, numCtx, [own, others]) => {
    report(4096);
    seen(numCtx);
    report(own);
    report(others);
    expect(loaded()).toMatchObject({ contextLength: others, loadedWith: undefined });
  });

  test("counts at once, with the context that it asked for, before any report", () => {
    report(6000);
    seen(32_000);
    expect(loaded()).toMatchObject({ contextLength: 32_000 });
    seen(undefined);
    expect(loaded()).toMatchObject({ contextLength: 0, loadedWith: { numCtx: undefined } });
  });

  test("is remembered with the context that Ollama clipped it to", () => {
    report(4096);
    seen(16_384);
    report(8192);
    report(8192);
    expect(loaded()).toMatchObject({ contextLength: 8192, loadedWith: { numCtx: 16_384 } });
  });

  const known = (context: number, passed = 5000): void => {
    now += passed;
    const meta = { "m:latest": { capabilities: ["completion", "vision"], context_max: 131_072 } };
    const models_loaded = [makeLoadedModel("m:latest", { context_length: context })];
    accept(makeHeartbeat({}, { models_available: ["m:latest"], models_available_meta: meta, models_loaded }));
  };

  test("is forgotten at the first report of another context, smaller or larger, where the model is well known", () => {
    for (const other of [4096, 16_000]) {
      known(6000);
      seen(8192);
      known(other);
      expect(loaded()).toMatchObject({ contextLength: other, loadedWith: undefined });
    }
  });

  test("is remembered as Ollama takes it: raised for models that see, clipped to what they were trained for", () => {
    for (const [asked, taken] of [
      [1000, 2048],
      [1e30, 131_072],
    ] as const) {
      known(6000);
      seen(asked);
      expect(loaded()).toMatchObject({ contextLength: taken, loadedWith: { numCtx: taken } });
      known(taken);
      expect(loaded()).toMatchObject({ contextLength: taken, loadedWith: { numCtx: taken } });
    }
  });

  test("is unknown where nobody can tell what became of so large a number", () => {
    report(4096);
    seen(1e30);
    expect(loaded()).toMatchObject({ contextLength: 0, loadedWith: undefined });
    report(8192);
    expect(loaded()).toMatchObject({ contextLength: 8192, loadedWith: undefined });
  });

  test("is unpaired with a report that was on its way, and believed at once when it agrees or shows a third context", () => {
    known(4096);
    seen(8192);
    known(4096, 500);
    expect(loaded()).toMatchObject({ contextLength: 8192, loadedWith: { numCtx: 8192 } });
    known(8192, 500);
    known(4096, 500);
    expect(loaded()).toMatchObject({ contextLength: 4096, loadedWith: undefined });
    seen(8192);
    known(16_000, 500);
    expect(loaded()).toMatchObject({ contextLength: 16_000, loadedWith: undefined });
  });

  test("is not doubted by a report that was on its way", () => {
    report(4096);
    seen(8192);
    now += 500;
    accept(makeHeartbeat({}, { models_loaded: [makeLoadedModel("m:latest", { context_length: 4096 })] }));
    report(8192);
    expect(loaded()).toMatchObject({ contextLength: 8192, loadedWith: { numCtx: 8192 } });
  });
});
