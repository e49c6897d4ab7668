import { expect, test } from "vitest";
import { recommend } from "./recommend.ts";
import { makeCatalogue, makeFacts, makeNode, NOW } from "./testing/make-facts.ts";

const DAY = 86_400;
const catalogue = makeCatalogue([
  {
    ollama_name: "qwen3:32b",
    aliases: ["qwen3:best"],
    digest_prefix: "0123456789ab",
    size_bytes: 20e9,
    benchmarks: { mmlu_pro: 80 },
  },
  { ollama_name: "qwen3:0.6b", size_bytes: 5e8, params_b: 0.6, active_params_b: 0.6, category: "fast-chat" },
  { ollama_name: "coder:30b", size_bytes: 18e9, category: "coding", benchmarks: { humaneval: 90 }, licence: "MIT" },
  { ollama_name: "old:70b", size_bytes: 40e9, params_b: 70, active_params_b: 70, category: "creative" },
  { ollama_name: "embed:latest", size_bytes: 3e8, category: "embedding", benchmarks: { mteb_multilingual: 60 } },
]);

test("a model is there by its exact tag or its digest, never by its family", () => {
  const recommended = (models: Parameters<typeof makeNode>[0]) => {
    const facts = makeFacts({ catalogue, nodes: [makeNode(models)] });
    return recommend(facts).nodes[0]?.recommendations.find(({ category }) => category === "general");
  };
  expect(recommended({ models: [{ name: "qwen3:0.6b", sizeGb: 0.5 }] })).toMatchObject({
    model: "qwen3:32b",
    already_available: false,
  });
  const digest = `sha256:0123456789ab${"0".repeat(52)}`;
  expect(recommended({ models: [{ name: "my-own:latest", sizeGb: 18, digest }] })).toMatchObject({
    model: "my-own:latest",
    already_available: true,
    disk_needed_gb: 0,
    command: null,
    undo: null,
  });
  expect(recommended({ models: [{ name: "qwen3:best", sizeGb: 18 }] })).toMatchObject({ already_available: true });
});

test("a recommendation tells licence, size, speed, why, how to do it and how to take it back", () => {
  const facts = makeFacts({
    catalogue,
    nodes: [makeNode({ id: "it's me" })],
    used: [{ model: "coder:7b", nodeId: "x" }],
  });
  const coding = recommend(facts).nodes[0]?.recommendations.find(({ category }) => category === "coding");
  expect(coding).toMatchObject({
    licence: "MIT",
    size_gb: 16.76,
    disk_needed_gb: 16.76,
    speed_basis: "estimated",
    priority: "high",
    command: "herd pull coder:30b --node 'it'\\''s me'",
    undo: "herd rm coder:30b --node 'it'\\''s me'",
  });
  expect(coding?.reason).toContain("10 requests of this kind in 7 days");
  expect(coding?.reason).toContain("humaneval 90");
  expect(coding?.expected_tokens_per_s).toBeGreaterThan(10);
});

test("a line for a node whose name looks like a flag names it all the same", () => {
  const [node] = recommend(makeFacts({ catalogue, nodes: [makeNode({ id: "-rf" })] })).nodes;
  expect(node?.recommendations[0]?.command).toBe("herd pull qwen3:32b --node=-rf");
  expect(node?.recommendations[0]?.undo).toBe("herd rm qwen3:32b --node=-rf");
});

test("the real size on any node goes before the catalogue's", () => {
  const nodes = [makeNode({ id: "a" }), makeNode({ id: "b", ramGb: 32, models: [{ name: "coder:30b", sizeGb: 10 }] })];
  const advice = recommend(makeFacts({ catalogue, nodes }));
  const onA = advice.nodes.find(({ node_id }) => node_id === "a")?.recommendations;
  expect(onA?.find(({ model }) => model === "coder:30b")?.size_gb).toBe(10);
});

test("speeds that were measured go before those that are scaled, and these before estimates", () => {
  const models = [{ name: "qwen3:32b", sizeGb: 18, isLoaded: true }];
  const facts = makeFacts({
    catalogue,
    nodes: [makeNode({ models })],
    speeds: { "n:qwen3:32b": 20 },
    used: [{ model: "qwen3:32b" }],
  });
  const [kept, ...others] = recommend(facts).nodes[0]?.recommendations ?? [];
  expect(kept).toMatchObject({
    model: "qwen3:32b",
    expected_tokens_per_s: 20,
    speed_basis: "measured",
    priority: "high",
  });
  const coder = others.find(({ model }) => model === "coder:30b");
  expect(coder?.speed_basis).toBe("scaled");
  expect(coder?.expected_tokens_per_s).toBeCloseTo(20 * ((18 * 2 ** 30) / 18e9), 0);
});

test("graphics memory counts where there is some, not the system's", () => {
  const [node] = recommend(makeFacts({ catalogue, nodes: [makeNode({ ramGb: 256, vramGb: 12 })] })).nodes;
  expect(node).toMatchObject({ memory_kind: "vram", total_ram_gb: 12, usable_ram_gb: 11.04 });
  expect(node?.recommendations.some(({ model }) => model === "qwen3:32b")).toBe(false);
});

test("a ceiling that was learned bounds what is recommended", () => {
  const [node] = recommend(makeFacts({ catalogue, nodes: [makeNode({ ramGb: 256, ceilingGb: 4 })] })).nodes;
  expect(node?.usable_ram_gb).toBe(4);
  expect(node?.total_recommended_ram_gb).toBeLessThanOrEqual(4);
});

test("an unknown disk is said, and makes nobody sure", () => {
  const [node] = recommend(makeFacts({ catalogue, diskFreeGb: undefined })).nodes;
  expect(node).toMatchObject({ disk_total_gb: null, disk_available_gb: null });
  expect(node?.notes).toEqual(["Its free disk is not known: look before you pull."]);
  for (const one of node?.recommendations ?? []) expect(one.confidence).toBe("low");
});

test("a full disk leaves only what is there already", () => {
  const nodes = [makeNode({ models: [{ name: "embed:latest", sizeGb: 0.3 }] })];
  const [node] = recommend(makeFacts({ catalogue, nodes, diskFreeGb: 20 })).nodes;
  expect(node?.recommendations.map(({ model }) => model)).toEqual(["embed:latest"]);
  expect(node?.notes[0]).toContain("no room");
});

test("nodes that are offline get no advice", () => {
  const advice = recommend(makeFacts({ catalogue, nodes: [makeNode({ status: "offline" })] }));
  expect(advice.nodes).toEqual([]);
  expect(advice.fleet_summary).toContain("nothing to recommend");
});

test("uses are counted by category, what a node says of its models first", () => {
  const nodes = [makeNode({ models: [{ name: "strange:latest", capabilities: ["embedding"] }] })];
  const used = [
    { model: "strange:latest", requests24h: 7 },
    { model: "some-coder:1b", requests24h: 3, nodeId: "gone" },
  ];
  const { usage, uncovered_categories } = recommend(makeFacts({ catalogue, nodes, used }));
  expect(usage.total_requests_24h).toBe(10);
  expect(usage.category_breakdown).toEqual({ embedding: 7, coding: 3 });
  expect(usage.top_models[0]).toEqual({ model: "strange:latest", requests: 7, category: "embedding" });
  expect(usage.category_coverage).toMatchObject({ embedding: true, coding: false });
  expect(uncovered_categories).toContain("coding");
  expect(uncovered_categories).not.toContain("embedding");
});

const old = { name: "old:70b", sizeGb: 40, modifiedAt: "2026-01-01T00:00:00Z" };

test("a large model that nobody used for thirty days may go, with its undo", () => {
  const [node] = recommend(makeFacts({ catalogue, nodes: [makeNode({ models: [old] })] })).nodes;
  expect(node?.removals).toEqual([
    {
      model: "old:70b",
      size_gb: 40,
      other_copies: 0,
      reason: "Not used here in 30 days; takes 40 GiB of the disk. No other node has it.",
      confidence: "medium",
      command: "herd rm old:70b --node n",
      undo: "herd pull old:70b --node n",
    },
  ]);
});

test("what nobody knows where to pull from may go only with a warning, what was made there stays", () => {
  const own = { name: "ours:70b", sizeGb: 40 };
  const [node] = recommend(makeFacts({ catalogue, nodes: [makeNode({ models: [own] })] })).nodes;
  expect(node?.removals).toMatchObject([{ model: "ours:70b", confidence: "low" }]);
  expect(node?.removals[0]?.reason).toContain("cannot be pulled again");
  const made = makeNode({ models: [{ ...own, parentModel: "old:70b" }] });
  expect(recommend(makeFacts({ catalogue, nodes: [made] })).nodes[0]?.removals).toEqual([]);
});

test("what is recommended is never told to go", () => {
  const nodes = [makeNode({ models: [{ name: "qwen3:32b", sizeGb: 18 }] })];
  const [node] = recommend(makeFacts({ catalogue, nodes })).nodes;
  expect(node?.recommendations.map(({ model }) => model)).toContain("qwen3:32b");
  expect(node?.removals).toEqual([]);
});

test.each([
  ["is in memory", { models: [{ ...old, isLoaded: true }] }, {}],
  ["is pinned", { models: [old] }, { pinned: ["old:70b"] }],
  ["was used lately", { models: [old] }, { lastUses: [{ nodeId: "n", model: "OLD:70b", day: NOW / 1000 - 20 * DAY }] }],
  ["was pulled lately", { models: [{ ...old, modifiedAt: "2026-11-15T00:00:00Z" }] }, {}],
  ["is small", { models: [{ ...old, sizeGb: 0.5 }] }, {}],
  ["is older than the records", { models: [old] }, { since: NOW / 1000 - 10 * DAY }],
  ["meets no records at all", { models: [old] }, { since: undefined }],
  [
    "shares its file",
    {
      models: [
        { ...old, digest: "d" },
        { ...old, name: "new:70b", digest: "d", isLoaded: true },
      ],
    },
    {},
  ],
])("a model that %s stays", (_why, node, wish) => {
  expect(recommend(makeFacts({ catalogue, nodes: [makeNode(node)], ...wish })).nodes[0]?.removals).toEqual([]);
});

test("a model for which people wait long gets a second copy on the fastest node with room", () => {
  const nodes = [
    makeNode({ id: "a", models: [{ name: "busy:8b", sizeGb: 20 }] }),
    makeNode({ id: "slow", bandwidth: 100 }),
    makeNode({ id: "fast", bandwidth: 800 }),
    makeNode({ id: "tiny", ramGb: 8, bandwidth: 2000 }),
  ];
  const used = [{ nodeId: "a", model: "busy:8b", requests7d: 100, queueWaitMs7d: 300_000 }];
  const { second_copies } = recommend(makeFacts({ catalogue, nodes, used }));
  expect(second_copies).toMatchObject([
    {
      model: "busy:8b",
      node_id: "fast",
      requests_7d: 100,
      mean_wait_ms: 3000,
      command: "herd pull busy:8b --node fast",
      undo: "herd rm busy:8b --node fast",
    },
  ]);
  const calm = [{ nodeId: "a", model: "busy:8b", requests7d: 100, queueWaitMs7d: 3_000 }];
  expect(recommend(makeFacts({ catalogue, nodes, used: calm })).second_copies).toEqual([]);
  expect(recommend(makeFacts({ catalogue, nodes, waiting: 5 })).second_copies).toHaveLength(1);
});

test("the machines of the demo are marked", () => {
  const [node] = recommend(makeFacts({ catalogue, nodes: [makeNode({ isSimulated: true })] })).nodes;
  expect(node?.simulated).toBe(true);
  expect(node?.notes[0]).toContain("simulated");
});
