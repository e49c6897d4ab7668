import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allChecks } from "./all-checks.ts";
import type { Check } from "./check.ts";
import type { TrafficFacts } from "./facts/traffic-facts.ts";
import type { HealthFacts } from "./facts.ts";
import { runChecks } from "./run-checks.ts";
import { NOW } from "./testing/make-facts.ts";
import {
  GIB,
  HOUR,
  type MadeMachine,
  PLAIN_SETTINGS,
  paceOf,
  pacesOf,
  rowsOf,
  trafficFacts,
  useOf,
} from "./testing/traffic-fixtures.ts";
import { trafficChecks } from "./traffic-checks.ts";

const checks: readonly Check[] = trafficChecks;

const loaded = { sizeBytes: 5 * GIB, vramBytes: 5 * GIB, contextLength: 8192 };
const machine = (id: string): MadeMachine => ({
  id,
  models: {
    "m:latest": { digest: "a".repeat(64), facts: { parameterSize: "8B", quantization: "Q4_K_M" }, loaded },
    "nomic-embed-text:latest": {
      sizeBytes: 0.26 * GIB,
      digest: "b".repeat(64),
      capabilities: ["embedding"],
      facts: { parameterSize: "137M", quantization: "F16" },
      loaded: { sizeBytes: 0.6 * GIB, vramBytes: 0.6 * GIB, contextLength: 2048 },
    },
  },
});

/** Three machines under load for a day: a failure, a broken answer and a client that left among thousands. */
function busyHealthyFleet(): HealthFacts {
  const nodes = ["node-1", "node-2", "node-3"];
  const hour = { requests: 300, completed: 299, disconnected: 1, queueWaitMs: 60_000, ttftMs: 60_000, ttftCount: 299 };
  const day = {
    ...hour,
    requests: 5000,
    completed: 4997,
    failed: 1,
    incomplete: 1,
    disconnected: 1,
    loads: 1,
    retries: 2,
  };
  return trafficFacts({
    machines: nodes.map(machine),
    traffic: {
      requests24h: 30_000,
      uses: nodes.flatMap((nodeId) => [
        useOf(day, { nodeId, recent: hour }),
        useOf({ requests: 5000, completed: 5000 }, { nodeId, kind: "embed", model: "nomic-embed-text:latest" }),
      ]),
      ends: [
        ...rowsOf(1, { status: "failed", errorClass: "node-fault" }),
        ...rowsOf(1, { status: "incomplete" }),
        ...rowsOf(2, { status: "client_disconnected" }),
      ],
      newest: [...rowsOf(300), ...rowsOf(300, { nodeId: "node-2" }), ...rowsOf(1, { status: "failed" })],
      paces: nodes.map((nodeId) =>
        pacesOf({ nodeId, decode: paceOf(48, 50), firstToken: paceOf(220, 200), promptTokens: paceOf(900, 800) }),
      ),
      contexts: [{ model: "m:latest", requests: 30_000, totalP99: 5000 }],
      events: [{ at: NOW - HOUR, event: "pulled", nodeId: "node-3", model: "m:latest", reason: "" }],
      lanes: nodes.map((nodeId) => ({ nodeId, model: "m:latest", inFlight: 4, waiting: 2, limit: 4, meanMs: 3000 })),
      waits: [{ model: "m", count: 6, oldestMs: 2000, isHeld: false }],
      pins: [{ model: "m", nodeId: undefined }],
      embedders: new Map(),
      settings: { ...PLAIN_SETTINGS, anthropicModelMap: { default: "m" }, modelAliases: { "gpt-4o": "m" } },
    },
  });
}

const textsOf = (facts: HealthFacts): readonly string[] =>
  runChecks(checks, facts).findings.map(({ key, description }) => `${key}: ${description}`);

describe("the checks of traffic", () => {
  it("find nothing on a busy and healthy fleet", () => {
    expect(textsOf(busyHealthyFleet())).toEqual([]);
  });

  it("give every check that looks at numbers of requests something to look at there", () => {
    const facts = busyHealthyFleet();
    const idle = checks.filter((check) => !check.appliesTo(facts)).map(({ id }) => id);
    expect(idle).toEqual([
      "anthropic_unrouted_config",
      "fallback_target_missing",
      "pin_cannot_fit",
      "num_ctx_unmanaged",
      "image_generation",
      "mflux_expansion",
      "transcription_activity",
      "stt_expansion",
      "nomic_loaded_in_ollama",
      "text_embedding_ollama_bypass",
    ]);
  });

  it("find nothing without machines, and nothing without traffic", () => {
    expect(textsOf(trafficFacts({ machines: [] }))).toEqual([]);
    const silent = { requests24h: 0, uses: [], ends: [], newest: [], paces: [], contexts: [], events: [], lanes: [] };
    expect(
      textsOf(
        trafficFacts({ machines: [machine("node-1")], traffic: { ...silent, waits: [], settings: PLAIN_SETTINGS } }),
      ),
    ).toEqual([]);
    expect(textsOf(trafficFacts({ machines: [machine("node-1")] }))).toEqual([]);
  });

  it("neither throw nor find anything when any of a healthy fleet's facts are missing", () => {
    const facts = busyHealthyFleet();
    const names = Object.keys(facts.traffic) as (keyof TrafficFacts)[];
    fc.assert(
      fc.property(fc.subarray(names), fc.boolean(), (kept, hasMachines) => {
        const traffic = Object.fromEntries(kept.map((name) => [name, facts.traffic[name]]));
        const some = { ...facts, traffic: { requests24h: 0, ...traffic } };
        const seen = hasMachines ? some : { ...some, fleet: trafficFacts({ machines: [] }).fleet };
        const { failures, findings } = runChecks(checks, seen);
        expect(failures).toEqual([]);
        expect(hasMachines ? findings : []).toEqual([]);
      }),
    );
  });

  it("find the same in equal facts, change nothing in them, and say everything a finding needs", () => {
    const row = fc.record({
      status: fc.constantFrom("failed", "incomplete", "no_output", "client_disconnected", "completed"),
      nodeId: fc.constantFrom("", "node-1", "node-2", "gone"),
      model: fc.constantFrom("m:latest", "x", "mlx:a", "\u001b[31m\n'", ""),
      kind: fc.constantFrom("chat", "embed", "pull", "image", "transcribe", ""),
      dialect: fc.constantFrom("ollama", "openai", "anthropic"),
      errorCode: fc.constantFrom("", "HERD_MODEL_NOT_FOUND", "HERD_STALLED"),
      errorClass: fc.constantFrom("", "stall", "load-failure", "node-fault", "callers-fault"),
      latencyMs: fc.constantFrom(0, 200_000),
      promptTokens: fc.constantFrom(0, 9000),
      retries: fc.nat(3),
      at: fc.constantFrom(NOW - 1000, NOW - 9 * HOUR),
    });
    const counts = fc.record({
      requests: fc.nat(50),
      failed: fc.nat(9),
      loads: fc.nat(9),
      retries: fc.nat(60),
      fallbacks: fc.nat(2),
    });
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 12 }),
        fc.array(counts, { maxLength: 3 }),
        fc.nat(40),
        (rows, sums, waiting) => {
          const ended = rows.flatMap((wishes) => rowsOf(4, { ...wishes, askedModel: wishes.model }));
          const facts = trafficFacts({
            machines: [machine("node-1"), { id: "node-2" }],
            traffic: {
              uses: rows.flatMap(({ model, nodeId, kind }) => sums.map((day) => useOf(day, { model, nodeId, kind }))),
              ends: ended.filter(({ status }) => status !== "completed"),
              newest: ended,
              lanes: rows.map(({ model, nodeId }) => ({ nodeId, model, inFlight: 1, waiting, limit: 1, meanMs: 9000 })),
              settings: { ...PLAIN_SETTINGS, modelAliases: { a: "x" }, anthropicAutoRoute: false },
            },
          });
          const before = structuredClone(facts);
          const { failures, findings } = runChecks(checks, facts);
          expect(failures).toEqual([]);
          expect(runChecks(checks, before).findings).toEqual(findings);
          expect(facts).toEqual(before);
          for (const finding of findings) expectWhole(finding);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("never advise a setting that Ollama refuses", () => {
    expect(allChecks.length).toBeGreaterThan(checks.length);
    for (const { meaning } of checks) expect(meaning).not.toMatch(/MAX_LOADED_MODELS=-1/);
  });
});

function expectWhole(finding: ReturnType<typeof runChecks>["findings"][number]): void {
  const { title, description, why, fix, command, traces = [] } = finding;
  for (const text of [title, description, why, fix]) {
    expect(text.length).toBeGreaterThan(8);
    expect(text).not.toMatch(/\p{Cc}/u);
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
  }
  expect(fix).not.toContain("OLLAMA_MAX_LOADED_MODELS=-1");
  expect(traces.length).toBeLessThanOrEqual(10);
  expect(new Set(traces).size).toBe(traces.length);
  if (command !== undefined) expect(command).toMatch(/^(herd|curl|ollama) /);
}
