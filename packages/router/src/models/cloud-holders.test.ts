import { modelKey } from "@herd/shared";
import { expect, test } from "vitest";
import type { BackendSnapshot, FleetSnapshot } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { plainNode } from "../domain/testing/plain-node.ts";
import { cloudHolders } from "./cloud-holders.ts";

const backend = (kind: BackendSnapshot["kind"]) =>
  ({ kind, id: kind, models: new Map() }) as unknown as BackendSnapshot;
const fleet = {
  nodes: [
    plainNode("a", { backends: [backend("ollama")] }),
    plainNode("b", { backends: [backend("openai-compatible")] }),
  ],
} as unknown as FleetSnapshot;

const nodesFor = (model: string): readonly string[] =>
  cloudHolders(fleet, { model, modelKey: modelKeyOf(model) ?? modelKey("") }).map(({ node }) => node.nodeId);

test("a name of the cloud is served by every Ollama", () => {
  expect(nodesFor("gpt-oss:cloud")).toEqual(["a"]);
  expect(nodesFor("gpt-oss:120b-cloud")).toEqual(["a"]);
});

test("any other name by nobody", () => {
  for (const model of ["gpt-oss", "cloud", "gpt-oss:local", "cloudy:1b"]) expect(nodesFor(model)).toEqual([]);
});

test("nothing is in the node's memory, and nothing has to be loaded", () => {
  const [holder] = cloudHolders(fleet, { model: "m:cloud", modelKey: modelKeyOf("m:cloud") ?? modelKey("") });
  expect(holder?.model).toMatchObject({ name: "m:cloud", loaded: { sizeBytes: 0 } });
});
