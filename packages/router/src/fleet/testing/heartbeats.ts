import type { Heartbeat, LoadedModel } from "@herd/shared";
import fc from "fast-check";
import type { NodeOrigin } from "../node-record.ts";

/** A heartbeat of a node with nothing on it. */
export function makeHeartbeat(wishes: Partial<Heartbeat> = {}, ollama: Partial<Heartbeat["ollama"]> = {}): Heartbeat {
  return {
    node_id: "a",
    cpu: { cores_physical: 8, utilization_pct: 5 },
    memory: { total_gb: 32, used_gb: 8, available_gb: 24, pressure: "normal", wired_gb: 0, compressed_gb: 0 },
    ollama: { models_loaded: [], models_available: [], requests_active: 0, ...ollama },
    gateway: { port: 11_433 },
    ...wishes,
  };
}

export const makeLoadedModel = (name: string, wishes: Partial<LoadedModel> = {}): LoadedModel => ({
  name,
  size_gb: 4,
  requests_active: 0,
  parameter_size: "4B",
  quantization: "Q4_K_M",
  context_length: 4096,
  ...wishes,
});

export const ORIGIN: NodeOrigin = { address: "192.168.1.20", isLocal: false, publicKey: "key-a" };

const name = fc.constantFrom("m:latest", "n:1b", "ns/o:latest", "constructor:latest");
const subset = fc.subarray(["m:latest", "n:1b", "ns/o:latest", "constructor:latest"]);

const facts = fc.record(
  {
    digest: fc.constantFrom("d1", "d2"),
    family: fc.constantFrom("llama", "gemma3"),
    capabilities: fc.subarray(["completion", "tools", "vision"]),
    context_max: fc.constantFrom(2048, 131_072),
  },
  { requiredKeys: [] },
);

/** Heartbeats of one of three nodes, with models on disk and in memory, facts or none. */
export const arbitraryHeartbeat: fc.Arbitrary<Heartbeat> = fc
  .record({
    node_id: fc.constantFrom("a", "b", "c"),
    available: subset,
    loaded: subset,
    meta: fc.option(fc.dictionary(name, facts)),
    sizes: fc.option(fc.dictionary(name, fc.integer({ min: 0, max: 90 }))),
    reachable: fc.constantFrom(undefined, true, true, false),
    slots: fc.constantFrom(undefined, 0, 1, 4),
    port: fc.constantFrom(undefined, 11_433),
    bandwidth: fc.constantFrom(undefined, 0, 100, 400),
    timestamp: fc.constantFrom(undefined, 1_790_000_000, 1_800_000_000),
  })
  .map(({ node_id, available, loaded, meta, sizes, reachable, slots, port, bandwidth, timestamp }) =>
    makeHeartbeat(
      {
        node_id,
        gateway: port === undefined ? null : { port },
        ...(bandwidth === undefined ? {} : { memory_bandwidth_gbps: bandwidth }),
        ...(timestamp === undefined ? {} : { timestamp }),
      },
      {
        models_available: available,
        models_loaded: loaded.map((one) => makeLoadedModel(one)),
        models_available_meta: meta,
        models_available_sizes: sizes,
        ...(reachable === undefined ? {} : { reachable }),
        ...(slots === undefined ? {} : { num_parallel: slots }),
      },
    ),
  );
