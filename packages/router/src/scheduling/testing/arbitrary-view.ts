import { BYTES_PER_GIB, type CapacityReading, tokens } from "@herd/shared";
import fc from "fast-check";
import type { Candidate, SchedulingView } from "../../domain/candidate.ts";
import type { LoadedState, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import type { Capability, RequestFacts } from "../../domain/request.ts";
import { type CandidateWishes, makeCandidate, makeModel, makeRequest, makeView, NOW } from "./make-view.ts";

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });

/** Nine in ten times the ordinary value, so that most fleets have several candidates to rank. */
const mostly = <Value>(ordinary: Value, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ arbitrary: fc.constant(ordinary), weight: 9 }, { arbitrary, weight: 1 });

const positive = (max: number) => maybe(fc.double({ min: 0.1, max, noNaN: true }));

const CAPABILITIES: readonly Capability[] = ["completion", "tools", "vision", "thinking", "embedding"];

const capabilities = fc.subarray([...CAPABILITIES]).map((list): readonly Capability[] => list);

const gib = (max: number) => fc.double({ min: 0, max, noNaN: true });

const loaded: fc.Arbitrary<LoadedState> = fc.record({
  sizeBytes: fc.integer({ min: 0, max: 60 }).map((size) => size * BYTES_PER_GIB),
  vramBytes: maybe(fc.integer({ min: 0, max: 60 }).map((size) => size * BYTES_PER_GIB)),
  contextLength: fc.constantFrom(0, 1024, 4096, 8192, 32_768, 262_144),
  loadedWith: maybe(
    fc.record({ numCtx: maybe(fc.constantFrom(1, 4096, 8192, 40_000)), options: fc.constantFrom("", "num_gpu=0") }),
  ),
});

const capacity: fc.Arbitrary<CapacityReading> = fc.record({
  mode: mostly("full", fc.constantFrom("learned_low", "bootstrap", "paused")),
  ceiling_gb: gib(64),
  availability_score: fc.double({ min: 0, max: 1, noNaN: true }),
  reason: fc.constantFrom("", "sustained_high_cpu"),
  override_active: fc.boolean(),
  learning_confidence: fc.double({ min: 0, max: 1, noNaN: true }),
  days_observed: fc.nat(40),
  trend: fc.double({ min: -1, max: 1, noNaN: true }),
});

const node: fc.Arbitrary<Partial<NodeSnapshot>> = fc.record({
  status: mostly("online", fc.constantFrom("degraded", "offline")),
  isDraining: mostly(false, fc.boolean()),
  lastHeartbeatAt: maybe(fc.nat(40_000).map((age) => NOW - age)),
  memory: fc.record({
    total_gb: gib(192),
    used_gb: gib(192),
    available_gb: gib(192),
    pressure: mostly("normal", fc.constantFrom("warn", "critical")),
    wired_gb: fc.constant(0),
    compressed_gb: fc.constant(0),
  }),
  gpus: fc.array(
    fc.record({ name: fc.constant("GPU"), vram_total_gb: fc.constantFrom(0, 8, 16, 24, 80), vram_used_gb: gib(80) }),
    { maxLength: 2 },
  ),
  thermal: maybe(
    fc.record({
      state: fc.constantFrom("nominal", "warning", "unknown"),
      temperature_c: fc.option(fc.double({ min: 20, max: 110, noNaN: true })),
      source: fc.constant("sensor"),
    }),
  ),
  capacity: maybe(capacity),
  chip: fc.constantFrom("", "Apple M3 Max", "NVIDIA GeForce RTX 4090"),
  memoryBandwidth: positive(3000),
});

const wishes: fc.Arbitrary<CandidateWishes> = fc.record({
  node,
  backend: fc.record({
    kind: mostly("ollama", fc.constant("openai-compatible")),
    reachability: mostly("reachable", fc.constantFrom("unknown", "unreachable")),
    version: fc.constantFrom("", "0.24.0", "0.30.1", "1.2.3", "nightly"),
  }),
  model: fc.record({
    sizeBytes: maybe(fc.integer({ min: 0, max: 90 }).map((size) => size * BYTES_PER_GIB)),
    loaded: maybe(loaded),
    unloadedAt: maybe(fc.integer({ min: -10_000, max: 3 * 3_600_000 }).map((age) => NOW - age)),
    capabilities: mostly(CAPABILITIES, maybe(capabilities)),
    contextMax: maybe(fc.constantFrom(2048, 8192, 131_072)),
  }),
  others: fc
    .array(loaded, { maxLength: 2 })
    .map((states) => states.map((state, at) => makeModel(`other${at}`, { loaded: state }))),
  load: fc
    .record({
      inFlight: fc.nat(6),
      waiting: fc.nat(20),
      others: fc.nat(6),
      othersWaiting: fc.nat(20),
      limit: fc.integer({ min: 1, max: 8 }),
      isNodeLoading: mostly(false, fc.boolean()),
      isModelLoading: mostly(false, fc.boolean()),
    })
    .map(({ others, othersWaiting, ...load }) => ({
      ...load,
      nodeInFlight: load.inFlight + others,
      nodeWaiting: load.waiting + othersWaiting,
    })),
  learned: fc.record({
    slotMs: positive(600_000),
    prefillTokensPerS: positive(10_000),
    decodeTokensPerS: positive(500),
    loadMsPerGib: positive(60_000),
    outputTokens: positive(4000),
    samples: fc.nat(1000),
  }),
  candidate: fc.record({
    breaker: mostly("closed", fc.constantFrom("half-open", "open")),
    hasFailed: mostly(false, fc.boolean()),
    isLoadBlocked: mostly(false, fc.boolean()),
    lastChosenAt: fc.constantFrom(0, NOW - 60_000, NOW - 1000, NOW),
    expectedBytes: maybe(fc.integer({ min: 1, max: 90 }).map((size) => size * BYTES_PER_GIB)),
  }),
});

const request: fc.Arbitrary<RequestFacts> = fc
  .record({
    needed: capabilities,
    numCtx: maybe(fc.constantFrom(1, 2048, 4096, 8192, 40_000)),
    loadOptions: fc.constantFrom("", "", "num_gpu=0"),
    outputLimit: maybe(fc.integer({ min: -2, max: 10_000 })),
    promptTokens: fc.integer({ min: 1, max: 300_000 }).map(tokens),
  })
  .map(makeRequest);

/** One candidate in any state a fleet may report, on the node named `id`. */
export const arbitraryCandidate = (id: string): fc.Arbitrary<Candidate> =>
  wishes.map((wish) => makeCandidate(id, wish));

/** A request before a fleet of up to eight nodes in any state. */
export const arbitraryView: fc.Arbitrary<SchedulingView> = fc
  .record({
    all: fc.array(wishes, { maxLength: 8 }),
    request,
    fleet: fc.record({ medianBandwidth: positive(3000), medianDecodeSpeed: positive(500) }),
  })
  .map(({ all, request, fleet }) =>
    makeView(
      all.map((wish, at) => makeCandidate(`node-${at}`, wish)),
      { request, fleet },
    ),
  );

/** Freezes a value and all that hangs from it, maps included, so that a change anywhere throws. */
export function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (value instanceof Map) {
    for (const entry of value.values()) deepFrozen(entry);
    Object.assign(value, { set: refuse, delete: refuse, clear: refuse });
  }
  Object.freeze(value);
  for (const member of Object.values(value)) deepFrozen(member);
  return value;
}

function refuse(): never {
  throw new TypeError("a frozen map was changed");
}
