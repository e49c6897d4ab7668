import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { makeFacts } from "../testing/make-facts.ts";
import { GIB, trafficFacts } from "../testing/traffic-fixtures.ts";
import { nodeWithoutModels } from "./node-without-models.ts";

const empty = (more: object = {}) => ({ ollama: { models_loaded: [], models_available: [], ...more } as never });
const llama = { kind: "openai-compatible" as const, path: "/llama", version: "", models: ["x"], is_reachable: true };

describe("the check node_without_models", () => {
  it("finds a machine whose Ollama has nothing", () => {
    expect(foundBy(nodeWithoutModels, { nodes: [{ id: "-b", heartbeat: empty() }] })).toMatchObject([
      { severity: "warning", command: "herd pull gemma3:1b --node='-b'" },
    ]);
  });

  it("names a model that others have and that fits", () => {
    const models = { "small:1b": { sizeBytes: GIB }, "huge:70b": { sizeBytes: 40 * GIB } };
    const facts = trafficFacts({ machines: [{ id: "full", models }, { id: "bare" }] });
    const bare = makeFacts({ nodes: [{ id: "bare", heartbeat: empty() }] }).nodes;
    expect(nodeWithoutModels.inspect({ ...facts, nodes: new Map([...facts.nodes, ...bare]) })).toMatchObject([
      { nodeId: "bare", command: "herd pull small:1b --node bare" },
    ]);
  });

  it("stays silent when another server has one, and when the Ollama does not answer, which another check tells", () => {
    expect(foundBy(nodeWithoutModels, { nodes: [{ heartbeat: { ...empty(), backends: [llama] } }] })).toEqual([]);
    expect(foundBy(nodeWithoutModels, { nodes: [{ heartbeat: empty({ reachable: false }) }] })).toEqual([]);
    expect(foundBy(nodeWithoutModels)).toEqual([]);
  });
});
