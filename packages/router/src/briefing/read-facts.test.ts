import { expect, test } from "vitest";
import { readFacts } from "./read-facts.ts";
import { makeBriefingFacts } from "./testing/make-briefing-facts.ts";

test("facts survive being stored", () => {
  const facts = makeBriefingFacts({ findings: [{ severity: "info", title: "t" }] });
  expect(readFacts(JSON.parse(JSON.stringify(facts)))).toEqual(facts);
  const { findings: _none, ...rest } = facts;
  expect(readFacts(rest)).toEqual(rest);
});

test.each([
  ["null", null],
  ["a text", "x"],
  ["what the predecessor keeps", { nodes_online: 2, nodes: ["a"], models: [] }],
  ["nodes without a state", { ...makeBriefingFacts(), nodes: [{ id: "a" }] }],
  ["a model that is no text", { ...makeBriefingFacts(), loaded_models: [1] }],
  ["no traffic", { ...makeBriefingFacts(), traffic: {} }],
  ["a negative count", { ...makeBriefingFacts(), waiting: -1 }],
  ["findings that are none", { ...makeBriefingFacts(), findings: [3] }],
])("%s is not taken for facts", (_what, stored) => {
  expect(readFacts(stored)).toBeUndefined();
});
