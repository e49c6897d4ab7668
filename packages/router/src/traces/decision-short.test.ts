import { nodeId, requestId } from "@herd/shared";
import { expect, test } from "vitest";
import type { Candidate } from "../domain/candidate.ts";
import type { Decision } from "../domain/decision.ts";
import { shortDecision } from "./decision-short.ts";

const candidate = (node: string) =>
  ({ node: { nodeId: nodeId(node) }, model: { name: "gemma3:4b" } }) as unknown as Candidate;
const ranked = (node: string, total: number) => ({ candidate: candidate(node), total, parts: [] });
const rejected = (filter: string) => ({ candidate: candidate("x"), filter, reason: { code: "why", facts: {} } });
const decision = (changes: Partial<Decision>): Decision => ({
  requestId: requestId("r-1"),
  profile: "signals",
  winner: undefined,
  ranked: [],
  rejected: [],
  skippedFilters: [],
  ...changes,
});

test("keeps winner, runner-up and how many each filter rejected", () => {
  const [first, second, third] = [ranked("a", 80), ranked("b", 60), ranked("c", 10)];
  const list = [first, second, third];
  const short = shortDecision(
    decision({
      winner: first,
      ranked: list,
      rejected: [rejected("offline"), rejected("draining"), rejected("offline")],
    }),
  );
  expect(short).toEqual({
    profile: "signals",
    winner: { node_id: "a", model: "gemma3:4b", total: 80 },
    runner_up: { node_id: "b", model: "gemma3:4b", total: 60 },
    ranked: 3,
    rejected: { offline: 2, draining: 1 },
  });
  expect(shortDecision(decision({ winner: second, ranked: list })).runner_up?.node_id).toBe("a");
});

test("says so when no candidate was left", () => {
  expect(shortDecision(decision({ rejected: [rejected("offline")] }))).toMatchObject({
    winner: null,
    runner_up: null,
    ranked: 0,
    rejected: { offline: 1 },
  });
});
