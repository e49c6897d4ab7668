import { describe, expect, test } from "vitest";
import { sampleNode } from "../testing/sample-views.ts";
import { matchNodes } from "./match-nodes.ts";

const { hardware } = sampleNode();
const loaded = {
  name: "Llama3.3:70b",
  size_gb: 43,
  requests_active: 0,
  parameter_size: "",
  quantization: "",
  context_length: 0,
};
const studio = sampleNode({
  node_id: "Mac-Studio",
  hardware: { ...hardware, chip: "Apple M2 Ultra" },
  ollama: { models_loaded: [loaded], models_available: [], requests_active: 0 },
});
const tower = sampleNode({ node_id: "tower", status: "offline", hardware: { ...hardware, chip: "AMD Ryzen 9" } });
const nodes = [studio, tower];

describe("the search for nodes", () => {
  test.each([
    ["  ", nodes],
    ["mac", [studio]],
    ["OFFLINE", [tower]],
    ["llama3.3", [studio]],
    ["ultra mac", [studio]],
    ["ryzen", [tower]],
    ["ryzen online", []],
  ])("finds for %j what all its words occur in", (search, found) => {
    expect(matchNodes(nodes, search)).toEqual(found);
  });
});
