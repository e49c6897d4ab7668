import type { AttemptInput, TraceInput } from "../../packages/router/src/traces/trace-input.ts";

const MODEL = "llama3.1:8b";

/** What is recorded about a completed chat. @param at makes it another one */
export function sampleTrace(at: number): TraceInput {
  const endedAt = Date.now();
  const nodeId = `node-${at % 3}`;
  return {
    requestId: `bench-${at}`,
    kind: "chat",
    dialect: "ollama",
    endpoint: "/api/chat",
    isStream: true,
    requestedModel: MODEL,
    servedModel: MODEL,
    isFallback: false,
    clientAddress: "192.168.1.30",
    tags: [],
    estimatedTokens: 318,
    outcome: { kind: "completed", hasOutput: true },
    httpStatus: 200,
    isSimulated: false,
    nodeId,
    score: 88.5,
    breakdown: { thermal: 50, memory_fit: 20, queue_depth: 0, wait_time: 0, role_affinity: 8.5, total: 88.5 },
    retryCount: 0,
    excludedNodes: [],
    edits: [],
    times: { endedAt, latencyMs: 1954.3, firstByteMs: 241.6, queueWaitMs: 0.1, overheadMs: 0.4 },
    usage: USAGE,
    attempts: [sampleAttempt(nodeId, endedAt - 1954)],
  };
}

const USAGE = {
  promptTokens: 318,
  completionTokens: 96,
  isEstimated: false,
  finishReason: "stop",
  loadMs: 28.9,
  prefillMs: 212.4,
  decodeMs: 1702.1,
};

function sampleAttempt(nodeId: string, startedAt: number): AttemptInput {
  const decided = { node_id: nodeId, model: MODEL, total: 88.5 };
  return {
    nodeId,
    backend: "ollama",
    model: MODEL,
    startedAt,
    endedMs: 1953.9,
    firstByteMs: 241.2,
    httpStatus: 200,
    failureClass: undefined,
    errorMessage: undefined,
    decision: { profile: "signals", winner: decided, runner_up: { ...decided, total: 71 }, ranked: 3, rejected: {} },
  };
}
