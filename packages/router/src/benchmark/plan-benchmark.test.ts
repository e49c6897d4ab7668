import { fromGib } from "@herd/shared";
import { describe, expect, test } from "vitest";
import type { BackendSnapshot, FleetSnapshot, ModelSnapshot, NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { modelKeyOf } from "../domain/model-name.ts";
import { plainModel, plainNode } from "../domain/testing/plain-node.ts";
import type { BenchmarkOrder } from "./benchmark-order.ts";
import { planBenchmark } from "./plan-benchmark.ts";

const order = (more: Partial<BenchmarkOrder> = {}): BenchmarkOrder => ({
  mode: "quick",
  durationS: 60,
  types: ["llm"],
  models: [],
  nodes: [],
  maxConcurrency: 8,
  outputTokens: 64,
  pulls: false,
  ...more,
});

const loaded = { sizeBytes: fromGib(4), vramBytes: undefined, contextLength: 4096 };
const model = (name: string, more: Partial<ModelSnapshot> = {}): ModelSnapshot => {
  const tagged = name.includes(":") ? name : `${name}:latest`;
  const key = modelKeyOf(tagged);
  return plainModel(tagged, { sizeBytes: fromGib(4), ...(key === undefined ? {} : { key }), ...more });
};
const backendWith = (models: readonly ModelSnapshot[]): BackendSnapshot => ({
  id: "ollama",
  kind: "ollama",
  route: { kind: "direct", origin: "http://127.0.0.1:1", prefix: "" },
  reachability: "reachable",
  version: "0.24.0",
  reportedParallelism: undefined,
  models: new Map(models.map((one) => [one.key, one])),
});
const memory = {
  total_gb: 32,
  used_gb: 8,
  available_gb: 24,
  pressure: "normal",
  wired_gb: 0,
  compressed_gb: 0,
} as const;
const node = (id: string, models: readonly ModelSnapshot[], more: Partial<NodeSnapshot> = {}): NodeSnapshot =>
  plainNode(id, { backends: [backendWith(models)], memory, ...more });
const plainFleet = (nodes: readonly NodeSnapshot[]): FleetSnapshot => ({
  version: 1,
  nodes,
  holders: new Map(),
  aggregates: { medianBandwidth: undefined, medianDecodeSpeed: undefined },
});

const placesOf = (plan: ReturnType<typeof planBenchmark>): readonly string[] =>
  plan.kind === "plan" ? plan.targets.map(({ nodeId, model: name }) => `${nodeId}:${name}`) : [plan.why];

describe("a plan", () => {
  const a = node("a", [model("hot", { loaded }), model("cold"), model("big", { sizeBytes: fromGib(900) })]);
  const b = node("b", [model("small"), model("smaller", { sizeBytes: fromGib(1) })]);

  test("quick takes what is in memory; where nothing is, the smallest model", () => {
    expect(placesOf(planBenchmark(order(), plainFleet([a, b])))).toEqual(["a:hot:latest", "b:smaller:latest"]);
  });

  test("full takes what lies on the disks and fits, too", () => {
    expect(placesOf(planBenchmark(order({ mode: "full" }), plainFleet([a, b])))).toEqual([
      "a:hot:latest",
      "a:cold:latest",
      "b:smaller:latest",
      "b:small:latest",
    ]);
  });

  test("takes the named ones, pulls what is missing only when told to, and says what it cannot find", () => {
    expect(placesOf(planBenchmark(order({ models: ["COLD"], nodes: ["a"] }), plainFleet([a, b])))).toEqual([
      "a:cold:latest",
    ]);
    expect(placesOf(planBenchmark(order({ models: ["none"] }), plainFleet([a])))).toEqual([
      "no chosen node has the model 'none'",
    ]);
    const pulled = planBenchmark(order({ models: ["none"], pulls: true }), plainFleet([a]));
    expect(pulled).toMatchObject({ targets: [{ model: "none", mustPull: true }] });
    expect(placesOf(planBenchmark(order({ nodes: ["x"] }), plainFleet([a])))).toEqual(["no node is called 'x'"]);
  });

  test("embeddings and chats are told apart, and machines that are gone or simulated beside real ones stay out", () => {
    const embed = model("nomic-embed-text", { loaded, capabilities: ["embedding"] });
    const fleet = plainFleet([
      node("c", [embed, model("chat", { loaded })]),
      node("gone", [model("x", { loaded })], { status: "offline" }),
      node("demo", [model("x", { loaded })], { isSimulated: true }),
    ]);
    expect(placesOf(planBenchmark(order(), fleet))).toEqual(["c:chat:latest"]);
    expect(placesOf(planBenchmark(order({ types: ["embed"] }), fleet))).toEqual(["c:nomic-embed-text:latest"]);
    expect(placesOf(planBenchmark(order({ types: ["image"] }), fleet))).toEqual([
      "no model for image is on the machines",
    ]);
    const demo = plainFleet([node("empty", []), node("demo", [model("x", { loaded })], { isSimulated: true })]);
    expect(placesOf(planBenchmark(order(), demo))).toEqual(["demo:x:latest"]);
    expect(placesOf(planBenchmark(order(), plainFleet([])))).toEqual(["no machine that could be measured is online"]);
  });
});
