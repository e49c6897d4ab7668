import { describe, expect, test } from "vitest";
import { sampleStatus } from "../testing/sample-views.ts";
import { type FleetKnowledge, knowledgeAfter } from "./fleet-knowledge.ts";

const status = sampleStatus();
const good = { kind: "status", status } as const;
const bad = { kind: "failure", reason: "no connection" } as const;

describe("what the page knows after an answer", () => {
  test("is live after every good one", () => {
    const states: FleetKnowledge[] = [
      { kind: "asking" },
      { kind: "unreachable", silence: { since: 1, reason: "x", nextTryAt: 2 } },
    ];
    for (const before of states) {
      expect(knowledgeAfter(before, good, { at: 9, nextTryAt: 11 })).toEqual({ kind: "live", status, receivedAt: 9 });
    }
  });

  test("keeps the last fleet through any number of failures, old since it was received", () => {
    let known = knowledgeAfter({ kind: "asking" }, good, { at: 100, nextTryAt: 102 });
    for (const at of [103, 107, 115]) known = knowledgeAfter(known, bad, { at, nextTryAt: at + 4 });
    expect(known).toEqual({
      kind: "stale",
      status,
      receivedAt: 100,
      silence: { since: 100, reason: "no connection", nextTryAt: 119 },
    });
  });

  test("counts a silence from the first failure where there never was a fleet", () => {
    const once = knowledgeAfter({ kind: "asking" }, bad, { at: 5, nextTryAt: 7 });
    const twice = knowledgeAfter(once, bad, { at: 7, nextTryAt: 11 });
    expect(twice).toEqual({ kind: "unreachable", silence: { since: 5, reason: "no connection", nextTryAt: 11 } });
  });
});
