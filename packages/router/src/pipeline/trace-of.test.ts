import { requestId } from "@herd/shared";
import { describe, expect, test } from "vitest";
import type { EndedRequest } from "./ended-request.ts";
import { FACTS, FAILED, makeAttempt, makeJourney, USAGE } from "./testing/make-journey.ts";
import { traceOf } from "./trace-of.ts";

const CLOCK = { epochOffset: 1_790_000_000_000 };

const ended = (wishes: Partial<EndedRequest> = {}): EndedRequest => ({
  requestId: requestId("r-1"),
  dialect: "ollama",
  kind: "chat",
  path: "/api/chat",
  body: new Uint8Array(),
  client: FACTS.client,
  outcome: { kind: "completed", hasOutput: true },
  status: 200,
  arrivedAt: 1000,
  endedAt: 1900,
  journey: undefined,
  ...wishes,
});

describe("the trace of a request", () => {
  test("that was answered holds who answered, how well it scored, and what that told", () => {
    const result = { kind: "completed", status: 200, firstByteAt: 1250, usage: USAGE } as const;
    const journey = makeJourney({ tags: ["t"], user: "u" }, [makeAttempt("a", result, [1200, 1900])], ["model=gemma3"]);
    journey.queueMs = 150;
    expect(traceOf(ended({ journey }), CLOCK)).toEqual({
      requestId: "r-1",
      kind: "chat",
      dialect: "ollama",
      endpoint: "/api/chat",
      isStream: true,
      requestedModel: "gemma3",
      servedModel: "gemma3:latest",
      isFallback: false,
      clientAddress: "192.168.1.30",
      tags: ["t", "user:u"],
      estimatedTokens: 10,
      outcome: { kind: "completed", hasOutput: true },
      httpStatus: 200,
      nodeId: "a",
      score: 41.666,
      breakdown: { thermal: 50, wait_time: -8.33, total: 41.67 },
      retryCount: 0,
      excludedNodes: [],
      edits: ["model=gemma3"],
      isSimulated: false,
      times: {
        endedAt: 1_790_000_001_900,
        latencyMs: 900,
        firstByteMs: 250,
        queueWaitMs: 150,
        overheadMs: 50,
      },
      usage: {
        promptTokens: 11,
        completionTokens: 2,
        isEstimated: false,
        finishReason: "stop",
        loadMs: 5,
        prefillMs: 50,
        decodeMs: 80,
      },
      attempts: [
        {
          nodeId: "a",
          backend: "ollama",
          model: "gemma3:latest",
          startedAt: 1_790_000_001_200,
          endedMs: 700,
          firstByteMs: 50,
          httpStatus: 200,
          failureClass: undefined,
          errorMessage: undefined,
          decision: undefined,
        },
      ],
    });
  });

  test("that was tried on several nodes counts the retries and names those that failed, each once", () => {
    const done = { kind: "completed", status: 200, firstByteAt: 1800, usage: USAGE } as const;
    const attempts = [
      makeAttempt("a", FAILED, [1100, 1200]),
      makeAttempt("b", FAILED, [1200, 1300]),
      makeAttempt("a", FAILED, [1300, 1400]),
      makeAttempt("c", done, [1500, 1900]),
    ];
    const trace = traceOf(ended({ journey: makeJourney({}, attempts) }), CLOCK);
    expect(trace).toMatchObject({
      nodeId: "c",
      retryCount: 3,
      excludedNodes: ["a", "b"],
      times: { overheadMs: 200, firstByteMs: 800 },
    });
    expect(trace.attempts[0]).toMatchObject({
      nodeId: "a",
      failureClass: "node-fault",
      errorMessage: "HTTP 500: it died",
      httpStatus: 500,
    });
  });

  test("whose reply told no numbers estimates them, and says so", () => {
    const usage = { ...USAGE, promptTokens: undefined, outputTokens: undefined };
    const result = { kind: "completed", status: 200, firstByteAt: 1250, usage } as const;
    const trace = traceOf(ended({ journey: makeJourney({}, [makeAttempt("a", result, [1200, 1900])]) }), CLOCK);
    expect(trace.usage).toMatchObject({ promptTokens: 10, completionTokens: 3, isEstimated: true });
  });

  test("that broke after its first byte keeps what came", () => {
    const broken = {
      kind: "broken",
      failureClass: "node-fault",
      detail: "reset",
      firstByteAt: 1300,
      usage: USAGE,
    } as const;
    const trace = traceOf(ended({ journey: makeJourney({}, [makeAttempt("a", broken, [1200, 1900])]) }), CLOCK);
    expect(trace).toMatchObject({ times: { firstByteMs: 300 }, usage: { completionTokens: 2 } });
    expect(trace.attempts[0]).toMatchObject({
      failureClass: "node-fault",
      errorMessage: "reset",
      firstByteMs: 100,
      httpStatus: undefined,
    });
  });

  test("that never reached a node has no node, no score and no usage", () => {
    const outcome = { kind: "evicted", code: "HERD_WAIT_DEADLINE", detail: "too long" } as const;
    const journey = makeJourney({ model: "served", requestedModel: "asked" }, []);
    journey.queueMs = 900;
    expect(traceOf(ended({ journey, outcome, status: 503 }), CLOCK)).toMatchObject({
      nodeId: "",
      score: undefined,
      breakdown: undefined,
      usage: undefined,
      attempts: [],
      retryCount: 0,
      requestedModel: "asked",
      servedModel: "served",
      times: { queueWaitMs: 900, overheadMs: 0, firstByteMs: undefined },
    });
  });

  test("whose client left before any byte has no status", () => {
    const cancelled = { kind: "cancelled", firstByteAt: undefined, usage: undefined } as const;
    const journey = makeJourney({}, [makeAttempt("a", cancelled, [1200, 1900])]);
    const trace = traceOf(ended({ journey, outcome: { kind: "cancelled", by: "client" }, status: undefined }), CLOCK);
    expect(trace).toMatchObject({
      nodeId: "a",
      httpStatus: undefined,
      usage: undefined,
      times: { firstByteMs: undefined },
    });
  });

  test("whose body could not be read tells no more than its route", () => {
    const outcome = { kind: "rejected", code: "HERD_BAD_REQUEST", detail: "unexpected EOF" } as const;
    expect(traceOf(ended({ outcome, status: 400, dialect: "openai" }), CLOCK)).toMatchObject({
      dialect: "openai",
      kind: "chat",
      requestedModel: "",
      servedModel: "",
      nodeId: "",
      estimatedTokens: undefined,
      attempts: [],
      httpStatus: 400,
      times: { latencyMs: 900, queueWaitMs: 0, overheadMs: 900 },
    });
  });

  test("names a tag once, and the user only when there is one", () => {
    const tagsOf = (tags: readonly string[], user: string | undefined) =>
      traceOf(ended({ journey: makeJourney({ tags, user }, []) }), CLOCK).tags;
    expect(tagsOf(["a", "b", "a"], undefined)).toEqual(["a", "b"]);
    expect(tagsOf(["user:x"], "x")).toEqual(["user:x"]);
    expect(tagsOf([], "")).toEqual([]);
  });
});
