import { expect, test } from "vitest";
import type { TraceInput } from "../traces/trace-input.ts";
import type { Family } from "./family.ts";
import { RequestAccounts } from "./request-accounts.ts";
import { requestFamilies } from "./request-families.ts";

const trace = (changes: Partial<TraceInput> = {}): TraceInput => ({
  requestId: "r",
  kind: "chat",
  dialect: "ollama",
  endpoint: "/api/chat",
  isStream: true,
  requestedModel: "m",
  servedModel: "m:latest",
  isFallback: false,
  clientAddress: undefined,
  tags: [],
  estimatedTokens: 5,
  outcome: { kind: "completed", hasOutput: true },
  httpStatus: 200,
  isSimulated: false,
  nodeId: "a",
  score: undefined,
  breakdown: undefined,
  retryCount: 0,
  excludedNodes: [],
  edits: [],
  times: { endedAt: 5000, latencyMs: 1100, firstByteMs: 100, queueWaitMs: 40, overheadMs: 0.4 },
  usage: {
    promptTokens: 7,
    completionTokens: 11,
    isEstimated: false,
    finishReason: "stop",
    loadMs: undefined,
    prefillMs: undefined,
    decodeMs: undefined,
  },
  attempts: [
    {
      nodeId: "a",
      backend: "ollama",
      model: "m:latest",
      startedAt: 3900,
      endedMs: 1060,
      firstByteMs: 60,
      httpStatus: 200,
      failureClass: undefined,
      errorMessage: undefined,
      decision: undefined,
    },
  ],
  ...changes,
});

const accountsOf = () => new RequestAccounts({ models: 3, nodes: 3 });

function family(accounts: RequestAccounts, name: string): Family {
  const found = requestFamilies(accounts).find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no ${name}`);
  return found;
}

test("a request is counted once, by everything that is known of it", () => {
  const accounts = accountsOf();
  accounts.ended(trace(), "m:latest", "real");
  const labels = { kind: "chat", dialect: "ollama", model: "m:latest", node: "a", traffic: "real" };
  expect(family(accounts, "herd.requests").points).toEqual([
    { labels: { ...labels, outcome: "completed", error_code: "", error_source: "" }, value: 1 },
  ]);
  expect(
    family(accounts, "herd.tokens").points.map((point) => [point.labels["type"], "value" in point && point.value]),
  ).toEqual([
    ["input", 7],
    ["output", 11],
  ]);
});

test("times are those of the request in seconds, per token from the stream where the node does not tell", () => {
  const accounts = accountsOf();
  accounts.ended(trace(), "m:latest", "real");
  const sumOf = (name: string) => family(accounts, name).points.map((point) => "sum" in point && point.sum);
  expect(sumOf("gen_ai.server.request.duration")).toEqual([1.1]);
  expect(sumOf("gen_ai.server.time_to_first_token")).toEqual([0.1]);
  expect(sumOf("gen_ai.server.time_per_output_token")).toEqual([0.1]);
  expect(sumOf("herd.request.queue_wait")).toEqual([0.04]);
  expect(sumOf("gen_ai.client.operation.duration")).toEqual([1.06]);
});

test("what is no real work is counted by its name and is in no distribution", () => {
  const accounts = accountsOf();
  accounts.ended(trace(), "m:latest", "benchmark");
  expect(family(accounts, "herd.requests").points.map(({ labels }) => labels["traffic"])).toEqual(["benchmark"]);
  for (const { kind, points, name } of requestFamilies(accounts))
    if (kind === "histogram") expect([name, points.length]).toEqual([name, 0]);
});

test("every way to end has its word, and a failure its code and whose doing it is", () => {
  const accounts = accountsOf();
  const failed = {
    kind: "failed",
    source: "node",
    code: "HERD_STREAM_CUT",
    failureClass: "incomplete",
    detail: "x",
  } as const;
  const outcomes: readonly TraceInput["outcome"][] = [
    { kind: "completed", hasOutput: false },
    { ...failed, isPartial: true },
    { ...failed, isPartial: false },
    { kind: "cancelled", by: "client" },
    { kind: "rejected", code: "HERD_QUEUE_FULL", detail: "" },
    { kind: "evicted", code: "HERD_WAIT_DEADLINE", detail: "" },
    { ...failed, source: "client", code: "HERD_BAD_REQUEST", failureClass: "callers-fault", isPartial: false },
  ];
  for (const outcome of outcomes) accounts.ended(trace({ outcome }), "m:latest", "real");
  expect(
    family(accounts, "herd.requests").points.map(({ labels }) => [
      labels["outcome"],
      labels["error_code"],
      labels["error_source"],
    ]),
  ).toEqual([
    ["no_output", "", ""],
    ["incomplete", "HERD_STREAM_CUT", "node"],
    ["failed", "HERD_STREAM_CUT", "node"],
    ["cancelled", "", ""],
    ["rejected", "HERD_QUEUE_FULL", "router"],
    ["evicted", "HERD_WAIT_DEADLINE", "router"],
    ["failed", "HERD_BAD_REQUEST", "client"],
  ]);
});

test("failures and cancelled requests have durations of their own, and tell nothing of how fast tokens come", () => {
  const accounts = accountsOf();
  const failed = {
    kind: "failed",
    source: "node",
    code: "HERD_STREAM_CUT",
    failureClass: "incomplete",
    detail: "",
  } as const;
  accounts.ended(trace({ outcome: { ...failed, isPartial: true } }), "m:latest", "real");
  accounts.ended(trace({ outcome: { ...failed, isPartial: false } }), "m:latest", "real");
  accounts.ended(trace({ outcome: { kind: "cancelled", by: "client" } }), "m:latest", "real");
  const ends = () =>
    family(accounts, "gen_ai.server.request.duration").points.map(({ labels }) => labels["error.type"]);
  expect(ends()).toEqual(["incomplete", "failed", "cancelled"]);
  expect(family(accounts, "gen_ai.server.time_to_first_token").points).toEqual([]);
  expect(family(accounts, "gen_ai.server.time_per_output_token").points).toEqual([]);
  accounts.ended(trace(), "m:latest", "real");
  expect(ends()).toEqual(["incomplete", "failed", "cancelled", ""]);
});

test("a thousand models and nodes make no more than the bound of labels, and no request is lost", () => {
  const accounts = accountsOf();
  for (let at = 0; at < 1000; at += 1) accounts.ended(trace({ nodeId: `n${at}` }), `m${at}`, "real");
  const { points } = family(accounts, "herd.requests");
  expect(points.length).toBeLessThanOrEqual(16);
  expect(points.reduce((sum, point) => sum + ("value" in point ? point.value : 0), 0)).toBe(1000);
});

test("edits are counted by what was changed, whatever the values", () => {
  const accounts = accountsOf();
  accounts.ended(trace({ edits: ["num_ctx=4096", "output limit=7"] }), "m", "real");
  accounts.ended(trace({ edits: ["num_ctx=8192", 'model=evil"\n'] }), "m", "real");
  const counted = family(accounts, "herd.request.edits").points;
  expect(counted.map((point) => [point.labels["edit"], "value" in point && point.value])).toEqual([
    ["num_ctx", 2],
    ["output limit", 1],
    ["model", 1],
  ]);
});
