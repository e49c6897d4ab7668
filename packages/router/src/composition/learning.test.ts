import { modelKey, nodeId, requestId } from "@herd/shared";
import { beforeEach, describe, expect, test } from "vitest";
import type { AttemptResult, ReplyUsage } from "../dispatch/attempt-result.ts";
import { Breakers } from "../dispatch/breaker.ts";
import { LoadBlocks } from "../dispatch/load-blocks.ts";
import type { Candidate } from "../domain/candidate.ts";
import type { FailureClass } from "../domain/outcome.ts";
import { learnFrom } from "../pipeline/learn-from.ts";
import { makeCandidate } from "../scheduling/testing/make-view.ts";

const USAGE: ReplyUsage = {
  promptTokens: 1,
  outputTokens: 1,
  loadMs: undefined,
  prefillMs: undefined,
  decodeMs: undefined,
  finishReason: "stop",
  contentRecords: 1,
};

const COMPLETED: AttemptResult = { kind: "completed", status: 200, firstByteAt: 1, usage: USAGE };

const failedBy = (
  failureClass: FailureClass,
  wishes: Partial<Extract<AttemptResult, { kind: "failed" }>> = {},
): AttemptResult => ({
  kind: "failed",
  failureClass,
  detail: "why",
  status: undefined,
  answer: undefined,
  isRefused: false,
  ...wishes,
});

const brokenBy = (failureClass: FailureClass): AttemptResult => ({
  kind: "broken",
  failureClass,
  detail: "why",
  firstByteAt: 1,
  usage: USAGE,
});

const CANCELLED: AttemptResult = { kind: "cancelled", firstByteAt: undefined, usage: undefined };

let breakers: Breakers;
let loadBlocks: LoadBlocks;
/** What the registry, the watch and the speeds were told. */
let notes: string[];

beforeEach(() => {
  breakers = new Breakers();
  loadBlocks = new LoadBlocks();
  notes = [];
});

const KEY = "a/ollama";

function learn(result: AttemptResult, candidate: Candidate = makeCandidate("a")): void {
  learnFrom(
    {
      breakers,
      loadBlocks,
      now: () => 0,
      fleet: {
        noteUnreachable: (node, { isNodeRefusing }) =>
          notes.push(`unreachable ${node} ${isNodeRefusing ? "node" : "backend"}`),
        noteAnswered: (node) => notes.push(`answered ${node}`),
        noteLoaded: (node, key) => notes.push(`loaded ${node} ${key}`),
        noteMissing: (node, key) => notes.push(`missing ${node} ${key}`),
        noteFinding: (node, { id }) => notes.push(`finding ${node} ${id}`),
      },
      checkNode: (node) => notes.push(`check ${node}`),
      learnSpeeds: () => notes.push("speeds"),
    },
    {
      requestId: requestId("r-1"),
      candidate,
      modelKey: modelKey("m"),
      node: nodeId("a"),
      terms: { numCtx: undefined, options: "" },
      prompt: { characters: 1, images: 0 },
      kind: "chat",
      isStream: true,
      tags: [],
      staysLoaded: true,
      loadMs: undefined,
      startedAt: 0,
      endedAt: 1,
      result,
    },
  );
}

/** How many such ends in a row open the breaker; undefined when none do. */
function opensAfter(result: AttemptResult): number | undefined {
  for (let count = 1; count <= 10; count += 1) {
    learn(result);
    if (breakers.state(KEY, 0) !== "closed") return count;
  }
  return undefined;
}

describe("the breaker", () => {
  test.each([
    ["unreachable", 3],
    ["node-fault", 3],
    ["load-failure", undefined],
    ["busy", undefined],
    ["stall", undefined],
    ["stale-inventory", undefined],
    ["callers-fault", undefined],
    ["incomplete", undefined],
  ] as const)("for an attempt that failed as %s opens after %s", (failureClass, count) => {
    expect(opensAfter(failedBy(failureClass))).toBe(count);
  });

  test.each([
    ["node-fault", 3],
    ["unreachable", 3],
    ["incomplete", undefined],
    ["stall", undefined],
  ] as const)("for a reply that broke as %s opens after %s", (failureClass, count) => {
    expect(opensAfter(brokenBy(failureClass))).toBe(count);
  });

  test("stays as it is when clients leave", () => {
    expect(opensAfter(CANCELLED)).toBeUndefined();
  });

  test("closes at a good end, and at any answer that shows that the backend works", () => {
    const signs = [COMPLETED, failedBy("callers-fault"), failedBy("stale-inventory"), failedBy("load-failure")];
    for (const sign of signs) {
      for (let count = 0; count < 3; count += 1) learn(failedBy("node-fault"));
      learn(sign);
      expect(breakers.state(KEY, 0)).toBe("closed");
    }
  });

  test("that waits for its canary is not freed by the end of another request", () => {
    for (let count = 0; count < 3; count += 1) learn(failedBy("node-fault"));
    breakers.began(KEY, 1000);
    const other = makeCandidate("a", { candidate: { breaker: "closed" } });
    for (const end of [CANCELLED, failedBy("busy"), brokenBy("incomplete")]) learn(end, other);
    expect(breakers.state(KEY, 1000)).toBe("open");
    learn(CANCELLED, makeCandidate("a", { candidate: { breaker: "half-open" } }));
    expect(breakers.state(KEY, 1000)).toBe("half-open");
  });
});

describe("the registry", () => {
  const direct = makeCandidate("a");
  const loopback = makeCandidate("a", {
    backend: { route: { kind: "loopback", origin: "http://127.0.0.1:1", prefix: "" } },
  });

  test("hears of a refused port: that of the node, or of a backend whose agent is then asked", () => {
    learn(failedBy("unreachable", { isRefused: true }), direct);
    expect(notes).toEqual(["unreachable a node"]);
    notes = [];
    learn(failedBy("unreachable", { isRefused: true }), loopback);
    expect(notes).toEqual(["unreachable a backend", "check a"]);
  });

  test("hears nothing of a connection that was merely lost", () => {
    learn(failedBy("unreachable"), direct);
    expect(notes).toEqual([]);
  });

  test.each([
    ["gateway: unreachable", []],
    ["gateway: refused", ["finding a gateway_refused"]],
    ["gateway: unauthorised", ["finding a gateway_unauthorised"]],
  ])("hears what a gateway said of itself: %s", (detail, findings) => {
    learn(failedBy("unreachable", { detail }), direct);
    expect(notes).toEqual([...findings, "unreachable a backend"]);
  });

  test("hears that a model is gone, or that the node refuses the router's calls", () => {
    learn(failedBy("stale-inventory", { status: 404 }));
    learn(failedBy("stale-inventory", { status: 403 }));
    expect(notes).toEqual(["missing a m", "finding a host_refused"]);
  });

  test("hears that a model is loaded when it was not and has answered, also when its client left in the middle", () => {
    learn(COMPLETED);
    expect(notes).toEqual(["answered a", "loaded a m", "speeds"]);
    notes = [];
    learn({ kind: "cancelled", firstByteAt: 1, usage: USAGE });
    expect(notes).toEqual(["loaded a m"]);
  });
});

describe("load blocks", () => {
  test("come from loads that failed, and go at a good end", () => {
    learn(failedBy("load-failure"));
    expect([loadBlocks.isBlocked("a:gemma3:4b", 1), loadBlocks.isBlocked("b:gemma3:4b", 1)]).toEqual([true, false]);
    learn(COMPLETED);
    expect(loadBlocks.isBlocked("a:gemma3:4b", 1)).toBe(false);
  });

  test("do not come from anything else", () => {
    for (const failureClass of [
      "unreachable",
      "node-fault",
      "busy",
      "stall",
      "stale-inventory",
      "incomplete",
    ] as const) {
      learn(failedBy(failureClass));
    }
    expect(loadBlocks.isBlocked("a:gemma3:4b", 1)).toBe(false);
  });
});
