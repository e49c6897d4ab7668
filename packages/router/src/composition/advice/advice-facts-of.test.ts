import { expect, test } from "vitest";
import { makeCatalogue, makeFacts, makeNode, type NodeWish } from "../../recommend/testing/make-facts.ts";
import { advisedFleet } from "./advice-facts-of.ts";

const catalogue = makeCatalogue([{ ollama_name: "m:latest" }]);
const idsOf = (withDemo: boolean, ...nodes: readonly NodeWish[]): readonly string[] => {
  const { fleet } = makeFacts({ catalogue, nodes: nodes.map((wish) => makeNode(wish)) });
  return advisedFleet(fleet, withDemo).nodes.map(({ nodeId }) => nodeId);
};

const demo = { id: "demo", isSimulated: true };

test("the demo's machines get advice only while no real Ollama answers, and only before who may see them", () => {
  expect(idsOf(true, demo)).toEqual(["demo"]);
  expect(idsOf(false, demo)).toEqual([]);
  expect(idsOf(true, demo, { id: "real" })).toEqual(["real"]);
  expect(idsOf(true, demo, { id: "silent", isReachable: false })).toEqual(["demo", "silent"]);
  expect(idsOf(false, demo, { id: "silent", isReachable: false })).toEqual(["silent"]);
});
