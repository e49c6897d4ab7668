import type { AttemptInput, TraceInput } from "../trace-input.ts";

const attempt: AttemptInput = {
  nodeId: "mac-mini",
  backend: "ollama",
  model: "gemma3:4b",
  startedAt: 1_789_999_999_600,
  endedMs: 899,
  firstByteMs: 119,
  httpStatus: 200,
  failureClass: undefined,
  errorMessage: undefined,
  decision: {
    profile: "signals",
    winner: { node_id: "mac-mini", model: "gemma3:4b", total: 88.5 },
    runner_up: null,
    ranked: 1,
    rejected: { offline: 1 },
  },
};

const completedChat: TraceInput = {
  requestId: "r-1",
  kind: "chat",
  dialect: "ollama",
  endpoint: "/api/chat",
  isStream: true,
  requestedModel: "gemma3:4b",
  servedModel: "gemma3:4b",
  isFallback: false,
  clientAddress: "192.168.1.30",
  tags: [],
  estimatedTokens: 18,
  outcome: { kind: "completed", hasOutput: true },
  httpStatus: 200,
  nodeId: "mac-mini",
  score: 88.5,
  breakdown: { thermal: 50, total: 88.5 },
  retryCount: 0,
  excludedNodes: [],
  edits: [],
  isSimulated: false,
  times: { endedAt: 1_790_000_000_500, latencyMs: 900, firstByteMs: 120, queueWaitMs: 0, overheadMs: 0.4 },
  usage: {
    promptTokens: 20,
    completionTokens: 64,
    isEstimated: false,
    finishReason: "stop",
    loadMs: 20,
    prefillMs: 80,
    decodeMs: 700,
  },
  attempts: [attempt],
};

/** A completed attempt on `mac-mini`, changed where a test says so. */
export const attemptInput = (changes: Partial<AttemptInput> = {}): AttemptInput => ({ ...attempt, ...changes });

/** A completed chat, changed where a test says so. */
export const traceInput = (changes: Partial<TraceInput> = {}): TraceInput => ({ ...completedChat, ...changes });
