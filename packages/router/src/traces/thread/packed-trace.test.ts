import { expect, test } from "vitest";
import { attemptInput, traceInput } from "../testing/trace-input.ts";
import type { TraceInput } from "../trace-input.ts";
import { packTrace, unpackTrace } from "./packed-trace.ts";

const decided = { node_id: "mac-mini", model: "gemma3:4b", total: 88.5 };
const decision = {
  profile: "p",
  winner: decided,
  runner_up: { ...decided, total: 3 },
  ranked: 2,
  rejected: { offline: 1 },
};

test.each<readonly [string, Partial<TraceInput>]>([
  ["everything", { tags: ["a"], edits: ["e"], energy: { joules: 3, isEstimated: true }, excludedNodes: ["n"] }],
  [
    "nothing that may be missing",
    { dialect: undefined, usage: undefined, breakdown: undefined, attempts: [], score: undefined },
  ],
  [
    "attempts of all kinds",
    { attempts: [attemptInput({ decision: undefined, errorMessage: "x" }), attemptInput({ decision })] },
  ],
])("a request with %s arrives as it was sent", (_, changes) => {
  // Each value differs from its neighbours, so that two in the wrong order are noticed.
  const { times, usage } = traceInput();
  const input = traceInput({
    requestedModel: "asked",
    isFallback: true,
    retryCount: 7,
    times: { ...times, queueWaitMs: 3 },
    usage: usage && { ...usage, loadMs: 21 },
    ...changes,
  });
  expect(unpackTrace(structuredClone(packTrace(input)))).toEqual(input);
});
