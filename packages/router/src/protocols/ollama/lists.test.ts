import { describe, expect, test } from "vitest";
import type { BackendSnapshot, FleetSnapshot, ModelSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { NO_MODEL_FACTS } from "../../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../../domain/model-name.ts";
import { plainModel, plainNode } from "../../domain/testing/plain-node.ts";
import { modelsOf } from "../openai/lists.ts";
import { psOf, tagsOf, versionOf } from "./lists.ts";

const NOW = Date.parse("2026-11-22T12:00:00Z");
const LOADED = { sizeBytes: 0, vramBytes: undefined, contextLength: 4096 };

function model(name: string, wishes: Partial<ModelSnapshot> = {}): ModelSnapshot {
  return plainModel(name, { key: modelKeyOf(name) as ModelSnapshot["key"], ...wishes });
}

function backend(kind: BackendSnapshot["kind"], version: string, models: readonly ModelSnapshot[]): BackendSnapshot {
  return {
    id: kind === "ollama" ? "ollama" : "openai-8080",
    kind,
    route: { kind: "loopback", origin: "http://127.0.0.1:1", prefix: "" },
    reachability: "reachable",
    version,
    reportedParallelism: undefined,
    models: new Map(models.map((one) => [one.key, one])),
  };
}

function fleetOf(...nodes: readonly NodeSnapshot[]): FleetSnapshot {
  const all = nodes.flatMap((node) =>
    node.backends.flatMap((one) =>
      [...one.models.values()].map((held) => ({
        node,
        backend: one,
        model: held,
        laneKey: `${node.nodeId}:${held.name}`,
      })),
    ),
  );
  const holders = new Map<ModelSnapshot["key"], typeof all>();
  for (const holder of all) holders.set(holder.model.key, [...(holders.get(holder.model.key) ?? []), holder]);
  return { version: 1, nodes, holders, aggregates: { medianBandwidth: undefined, medianDecodeSpeed: undefined } };
}

const node = (id: string, ...backends: readonly BackendSnapshot[]) => plainNode(id, { backends, lastHeartbeatAt: NOW });
const facts = { ...NO_MODEL_FACTS, modifiedAt: "2026-11-20T08:00:00.000Z", format: "gguf", parameterSize: "134.52M" };
const served = model("x:latest", { backendName: "/models/x.gguf", loaded: LOADED, facts });

/** What a client that declares every field it reads, and refuses what lacks one, expects of an entry. */
const strictTag = {
  name: expect.stringMatching(/:/),
  model: expect.stringMatching(/:/),
  modified_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  size: expect.any(Number),
  digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  details: expect.objectContaining({
    parent_model: expect.any(String),
    format: expect.any(String),
    family: expect.any(String),
    parameter_size: expect.any(String),
    quantization_level: expect.any(String),
  }),
};

describe("models of servers that tell less than Ollama", () => {
  test("stand in every list with every field, the same each time and on each node", () => {
    const fleet = fleetOf(node("a", backend("openai-compatible", "b1", [served])));
    const [tag] = tagsOf(fleet).models;
    expect(tag).toMatchObject({ ...strictTag, modified_at: facts.modifiedAt, size: 0, fleet_nodes: ["a"] });
    expect(tag).toMatchObject({ details: { format: "gguf", parameter_size: "134.52M", family: "" } });
    const { digest } = tag as { readonly digest: string };
    const elsewhere = fleetOf(
      node("b", backend("openai-compatible", "", [model("X:latest", { facts: NO_MODEL_FACTS })])),
    );
    expect(tagsOf(elsewhere).models).toMatchObject([{ ...strictTag, digest, details: { format: "" } }]);
    expect(psOf(fleet, NOW).models).toEqual([
      {
        name: "x:latest",
        model: "x:latest",
        size: 0,
        digest,
        details: expect.objectContaining({ format: "gguf", families: null }),
        expires_at: "2318-01-01T00:00:00Z",
        size_vram: 0,
        context_length: 4096,
        fleet_node: "a",
      },
    ]);
    expect(modelsOf(fleet, []).data).toEqual([
      {
        id: "x:latest",
        object: "model",
        created: Date.parse(facts.modifiedAt) / 1000,
        owned_by: "library",
        fleet_nodes: ["a"],
      },
    ]);
  });

  test("beside an Ollama that has the same are one entry with its digest, and each node once", () => {
    const own = model("x:latest", { digest: "d".repeat(64), sizeBytes: 7, facts });
    const both = node("a", backend("ollama", "0.24.0", [own]), backend("openai-compatible", "b1", [served]));
    const fleet = fleetOf(both);
    expect(tagsOf(fleet).models).toEqual([
      expect.objectContaining({ digest: "d".repeat(64), size: 7, fleet_nodes: ["a"] }),
    ]);
    expect(modelsOf(fleet, []).data).toEqual([expect.objectContaining({ fleet_nodes: ["a"] })]);
  });

  test("are listed by nobody while their server does not answer", () => {
    const silent = { ...backend("openai-compatible", "b1", [served]), reachability: "unreachable" as const };
    const fleet = fleetOf(node("a", backend("ollama", "0.24.0", []), silent));
    expect([tagsOf(fleet).models, psOf(fleet, NOW).models, modelsOf(fleet, []).data]).toEqual([[], [], []]);
  });
});

test("the version is the lowest of the Ollamas, whatever other servers call theirs", () => {
  const fleet = fleetOf(
    node("a", backend("ollama", "0.24.0", []), backend("openai-compatible", "0.11.0", [])),
    node("b", backend("ollama", "0.30.1", [])),
  );
  expect(versionOf(fleet, "1.0.0")).toEqual({ version: "0.24.0", herd_version: "1.0.0" });
});
