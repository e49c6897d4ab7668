import { nodeId, tokens } from "@herd/shared";
import type { AttemptResult, ReplyUsage } from "../../dispatch/attempt-result.ts";
import type { Candidate } from "../../domain/candidate.ts";
import type { RankedCandidate } from "../../domain/decision.ts";
import type { RequestFacts } from "../../domain/request.ts";
import { plainRequest } from "../../domain/testing/plain-request.ts";
import { type AttemptNote, beginJourney, type Journey } from "../journey.ts";

/** A chat that arrived at 1,000 ms. */
export const FACTS: RequestFacts = plainRequest("gemma3", {
  promptCharacters: 40,
  promptTokens: tokens(10),
  client: { address: "192.168.1.30", isLoopback: false },
  arrivedAt: 1000,
});

export const USAGE: ReplyUsage = {
  promptTokens: 11,
  outputTokens: 2,
  loadMs: 5,
  prefillMs: 50,
  decodeMs: 80,
  finishReason: "stop",
  contentRecords: 3,
};

/** A node that was picked, with two signals. */
export function makePick(node: string): RankedCandidate {
  const candidate: unknown = {
    node: { nodeId: nodeId(node) },
    backend: { id: "ollama" },
    model: { name: "gemma3:latest" },
    laneKey: `${node}:gemma3:latest`,
  };
  const part = (signal: string, weight: number, score: number) => ({ signal, weight, reading: { score, facts: {} } });
  return {
    candidate: candidate as Candidate,
    total: 41.666,
    parts: [part("thermal", 50, 1), part("wait_time", -25, 1 / 3)],
  };
}

/** One attempt on a node from `startedAt` to `endedAt`. */
export function makeAttempt(
  node: string,
  result: AttemptResult,
  [startedAt, endedAt]: readonly [number, number],
): AttemptNote {
  return { pick: makePick(node), model: "gemma3", isFallback: false, startedAt, endedAt, result, decision: undefined };
}

/** A journey with these attempts behind it. */
export function makeJourney(
  facts: Partial<RequestFacts>,
  attempts: readonly AttemptNote[],
  labels: readonly string[] = [],
): Journey {
  const all = { ...FACTS, ...facts };
  const journey = beginJourney({ facts: all, body: new Uint8Array(), edits: [], bodyNumCtx: all.numCtx });
  journey.editLabels = labels;
  journey.attempts.push(...attempts);
  return journey;
}

export const FAILED: AttemptResult = {
  kind: "failed",
  failureClass: "node-fault",
  detail: "HTTP 500: it died",
  status: 500,
  answer: undefined,
  isRefused: false,
};
