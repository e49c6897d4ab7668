import type { AttemptInput, TraceInput } from "../../packages/router/src/traces/trace-input.ts";
import { weighted } from "../soak/random.ts";

/** What a made-up request is drawn from. */
export interface HistoryPlan {
  /** Numbers from 0 up to 1. */
  readonly random: () => number;
  readonly nodes: number;
  readonly models: number;
}

/** Lengths and spellings as people's fleets have them. */
const NODES = [
  "mac-studio",
  "macbook-pro",
  "mini-office",
  "gpu-tower",
  "lab-01",
  "lab-02",
  "kitchen",
  "nas",
  "edge",
  "x1",
];
const MODELS = [
  "llama3.1:8b",
  "qwen3:14b",
  "gemma3:4b",
  "mistral:latest",
  "phi4:14b",
  "codellama:13b",
  "deepseek-r1:8b",
  "gpt-oss:20b",
  "llama3.2:3b",
  "qwen2.5-coder:7b",
  "gemma3:27b",
  "llava:7b",
  "granite3.3:8b",
  "smollm2:1.7b",
  "devstral:24b",
  "qwen3:32b",
  "llama3.3:70b",
  "mixtral:8x7b",
  "starcoder2:3b",
  "olmo2:7b",
];
const ROUTES = [
  { kind: "chat", dialect: "ollama", endpoint: "/api/chat", weight: 40 },
  { kind: "chat", dialect: "openai", endpoint: "/v1/chat/completions", weight: 40 },
  { kind: "chat", dialect: "anthropic", endpoint: "/v1/messages", weight: 5 },
  { kind: "generate", dialect: "ollama", endpoint: "/api/generate", weight: 10 },
  { kind: "embed", dialect: "ollama", endpoint: "/api/embed", weight: 5 },
] as const;
const TAGS = [
  { tags: [], weight: 50 },
  { tags: ["cli"], weight: 15 },
  { tags: ["ide", "user:ana"], weight: 15 },
  { tags: ["nightly-batch"], weight: 10 },
  { tags: ["chat-app", "user:joe"], weight: 10 },
];
const ENDS = [
  { end: "completed", weight: 960 },
  { end: "failed", weight: 15 },
  { end: "gone", weight: 15 },
  { end: "lost", weight: 10 },
] as const;
/** Nodes that have a model. */
const HOLDERS = 3;

/** One request of a fleet's history. @param endedAt Unix epoch ms  @param at tells its id from others */
export function historyTrace(
  { random, nodes, models }: HistoryPlan,
  at: { readonly endedAt: number; readonly id: number },
): TraceInput {
  const modelAt = Math.floor(random() ** 2 * models);
  const nodeAt = (modelAt * 7 + Math.floor(random() * HOLDERS)) % nodes;
  const nodeId = nameAt(NODES, nodeAt);
  const model = nameAt(MODELS, modelAt);
  const { kind, dialect, endpoint } = weighted(ROUTES, random());
  const { end } = weighted(ENDS, random());
  const isLost = end === "lost";
  const times = timesOf(random, at.endedAt);
  const score = 50 + random() * 50;
  const attempt = attemptOf({ nodeId, model, score, random, nodes }, times);
  return {
    requestId: `${at.endedAt.toString(36)}-${(at.id % 1_679_616).toString(36).padStart(4, "0")}-b2806065`,
    kind,
    dialect,
    endpoint,
    isStream: random() < 0.7,
    requestedModel: model,
    servedModel: model,
    isFallback: random() < 0.02,
    clientAddress: `192.168.1.${Math.floor(random() * 200) + 20}`,
    tags: weighted(TAGS, random()).tags,
    estimatedTokens: Math.floor(random() * 3000),
    httpStatus: isLost ? 404 : 200,
    isSimulated: false,
    nodeId: isLost ? "" : nodeId,
    score: isLost ? undefined : score,
    breakdown: isLost ? undefined : breakdownOf(score, random),
    retryCount: 0,
    excludedNodes: [],
    edits: [],
    times: times.trace,
    ...endOf(end, { random, decodeMs: times.decodeMs, loadMs: times.loadMs }),
    attempts: isLost ? [] : [end === "failed" ? failed(attempt) : attempt],
    energy: isLost ? undefined : { joules: (times.trace.latencyMs / 1000) * 60, isEstimated: true },
  };
}

const nameAt = (names: readonly string[], at: number): string =>
  at < names.length ? (names[at] ?? "") : `${names[at % names.length]}-${at}`;

const FAILURE = { kind: "failed", source: "node", code: "HERD_NODE_FAILED", isPartial: false } as const;

type End = (typeof ENDS)[number]["end"];

interface EndFacts {
  readonly random: () => number;
  readonly decodeMs: number;
  readonly loadMs: number;
}

function endOf(end: End, { random, decodeMs, loadMs }: EndFacts): Pick<TraceInput, "outcome" | "usage"> {
  if (end === "lost")
    return { outcome: { kind: "rejected", code: "HERD_MODEL_NOT_FOUND", detail: "" }, usage: undefined };
  if (end === "failed")
    return {
      outcome: { ...FAILURE, failureClass: "node-fault", detail: "model runner has unexpectedly stopped" },
      usage: undefined,
    };
  const usage = {
    promptTokens: Math.floor(random() * 3000),
    completionTokens: Math.floor(decodeMs / 18),
    isEstimated: false,
    finishReason: "stop",
    loadMs,
    prefillMs: 30 + random() * 400,
    decodeMs,
  };
  return {
    outcome: end === "gone" ? { kind: "cancelled", by: "client" } : { kind: "completed", hasOutput: true },
    usage,
  };
}

interface Times {
  readonly trace: TraceInput["times"];
  readonly decodeMs: number;
  readonly loadMs: number;
}

function timesOf(random: () => number, endedAt: number): Times {
  const decodeMs = 100 + random() ** 3 * 20_000;
  const loadMs = random() < 0.01 ? 2000 + random() * 8000 : 15 + random() * 40;
  const queueWaitMs = random() < 0.2 ? random() * 3000 : random() * 0.2;
  const firstByteMs = queueWaitMs + loadMs + 40 + random() * 400;
  const latencyMs = firstByteMs + decodeMs;
  return {
    trace: { endedAt, latencyMs, firstByteMs, queueWaitMs, overheadMs: 0.2 + random() * 0.4 },
    decodeMs,
    loadMs,
  };
}

/** The signals of the default profile. */
function breakdownOf(score: number, random: () => number): Readonly<Record<string, number>> {
  const rounded = (points: number): number => Math.round(points * 100) / 100;
  return {
    thermal: 50,
    memory_fit: random() < 0.7 ? 20 : 12,
    queue_depth: random() < 0.5 ? 0 : rounded(random() * -30),
    wait_time: 0,
    role_affinity: rounded(random() * 5),
    availability_trend: 5,
    context_fit: random() < 0.8 ? 0 : -3,
    total: rounded(score),
  };
}

interface AttemptFacts {
  readonly nodeId: string;
  readonly model: string;
  readonly score: number;
  readonly random: () => number;
  readonly nodes: number;
}

function attemptOf({ nodeId, model, score, random, nodes }: AttemptFacts, { trace }: Times): AttemptInput {
  const { endedAt, latencyMs, firstByteMs = 0, queueWaitMs, overheadMs = 0 } = trace;
  const endedMs = latencyMs - queueWaitMs - overheadMs;
  const next = nameAt(NODES, Math.floor(random() * nodes));
  return {
    nodeId,
    backend: "ollama",
    model,
    startedAt: endedAt - endedMs - overheadMs * 0.2,
    endedMs,
    firstByteMs: firstByteMs - queueWaitMs - overheadMs * 0.8,
    httpStatus: 200,
    failureClass: undefined,
    errorMessage: undefined,
    decision: {
      profile: "signals",
      winner: { node_id: nodeId, model, total: score },
      runner_up: random() < 0.7 ? { node_id: next, model, total: score - random() * 20 } : null,
      ranked: HOLDERS,
      rejected: random() < 0.3 ? { offline: 1 } : {},
    },
  };
}

const failed = (attempt: AttemptInput): AttemptInput => ({
  ...attempt,
  httpStatus: 500,
  failureClass: "node-fault",
  errorMessage: "model runner has unexpectedly stopped",
});
