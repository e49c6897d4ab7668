import { decision as decisionContract } from "@herd/shared";
import { describe, expect, it } from "vitest";
import type { Candidate } from "../domain/candidate.ts";
import type { Filter, Picker, Signal } from "./contracts.ts";
import { filters } from "./filters.ts";
import { best } from "./pickers/best.ts";
import { signalsProfile } from "./profile.ts";
import { createScheduler } from "./scheduler.ts";
import { signals } from "./signals.ts";
import { makeCandidate, makeLoaded, makeRequest, makeView, NOW } from "./testing/make-view.ts";

const real = createScheduler({ filters, signals, picker: best, profile: signalsProfile });

/** A signal whose score is the number in the node's `address`. */
const byAddress: Signal = {
  name: "by_address",
  meaning: "",
  formula: "",
  measure: ({ node }) => ({ score: Number(node.address), facts: {} }),
  explain: () => "",
};
const nodeScoring = (id: string, score: number): Candidate => makeCandidate(id, { node: { address: String(score) } });
const rejecting = (name: string, ids: readonly string[], canYield: boolean): Filter => ({
  name,
  meaning: "",
  canYield,
  reject: ({ node }) => (ids.includes(node.nodeId) ? { code: name, facts: {} } : undefined),
  explain: () => "",
});
const scheduleWith = (testFilters: readonly Filter[], candidates: readonly Candidate[], picker: Picker = best) =>
  createScheduler({
    filters: testFilters,
    signals: [byAddress],
    picker,
    profile: { name: "test", weights: { by_address: 10 } },
  }).schedule(makeView(candidates));

describe("schedule", () => {
  it("filters, scores, sorts and picks", () => {
    const decision = scheduleWith(
      [rejecting("no-c", ["c"], false)],
      [nodeScoring("a", 0.2), nodeScoring("b", 0.5), nodeScoring("c", 0.9)],
    );
    expect(decision.winner?.candidate.node.nodeId).toBe("b");
    expect(decision.ranked.map(({ candidate, total }) => [candidate.node.nodeId, total])).toEqual([
      ["b", 5],
      ["a", 2],
    ]);
    expect(
      decision.rejected.map(({ candidate, filter, reason }) => [candidate.node.nodeId, filter, reason.code]),
    ).toEqual([["c", "no-c", "no-c"]]);
    expect(decision).toMatchObject({ requestId: "r-1", profile: "test", skippedFilters: [] });
  });

  it("keeps scores within −1 and 1 and takes one that is no number as 0", () => {
    const decision = scheduleWith([], [nodeScoring("a", 7), nodeScoring("b", -7), nodeScoring("c", Number.NaN)]);
    expect(decision.ranked.map(({ total }) => total)).toEqual([10, 0, -10]);
  });

  it("skips a yielding filter that would leave nobody, and lists it", () => {
    const decision = scheduleWith(
      [rejecting("soft", ["a", "b"], true)],
      [nodeScoring("a", 0.1), nodeScoring("b", 0.2)],
    );
    expect(decision.winner?.candidate.node.nodeId).toBe("b");
    expect(decision).toMatchObject({ rejected: [], skippedFilters: ["soft"] });
  });

  it("applies yielding filters after the strict ones, whatever their place in the list", () => {
    const soft = rejecting("soft", ["b"], true);
    const hard = rejecting("hard", ["a"], false);
    const decision = scheduleWith([soft, hard], [nodeScoring("a", 0.1), nodeScoring("b", 0.2)]);
    expect(decision.winner?.candidate.node.nodeId).toBe("b");
    expect(decision.skippedFilters).toEqual(["soft"]);
  });

  it("has no winner when strict filters leave nobody, and none for an empty field", () => {
    const decision = scheduleWith([rejecting("hard", ["a"], false)], [nodeScoring("a", 1)]);
    expect(decision.winner).toBeUndefined();
    expect(decision.rejected).toHaveLength(1);
    expect(scheduleWith([rejecting("soft", [], true)], [])).toMatchObject({ ranked: [], skippedFilters: [] });
  });

  it("leaves the choice to the picker", () => {
    const worst: Picker = { name: "worst", pick: (ranked) => ranked.at(-1) ?? ranked[0] ?? expect.unreachable() };
    const decision = scheduleWith([], [nodeScoring("a", 0.1), nodeScoring("b", 0.2)], worst);
    expect(decision.winner?.candidate.node.nodeId).toBe("a");
  });

  it("measures only the signals that the profile weighs", () => {
    const scheduler = createScheduler({
      filters,
      signals,
      picker: best,
      profile: { name: "one", weights: { thermal: 2 } },
    });
    const { ranked } = scheduler.schedule(makeView([makeCandidate("a")]));
    expect(ranked[0]?.parts.map(({ signal }) => signal)).toEqual(["thermal"]);
    expect(ranked[0]?.total).toBeCloseTo(0.4);
  });
});

describe("the profile signals", () => {
  const hot = { model: { loaded: makeLoaded({ contextLength: 4096 }) } };

  it("sends a request to the machine that has the model in memory", () => {
    const view = makeView([makeCandidate("cold"), makeCandidate("hot", hot)]);
    expect(real.schedule(view).winner?.candidate.node.nodeId).toBe("hot");
  });

  it("stays with the loaded model for a short queue, and loads another copy when the queue is long", () => {
    const after = (waiting: number) => {
      const load = { inFlight: 1, waiting, nodeInFlight: 1, nodeWaiting: waiting };
      const busy = makeCandidate("hot", { ...hot, learned: { slotMs: 8000 }, load });
      return real.schedule(makeView([makeCandidate("cold"), busy])).winner?.candidate.node.nodeId;
    };
    expect(after(1)).toBe("hot");
    expect(after(20)).toBe("cold");
  });

  it("joins a load under way rather than begin another for the same model", () => {
    const loading = { inFlight: 1, nodeInFlight: 1, isNodeLoading: true, isModelLoading: true };
    const view = makeView([makeCandidate("idle"), makeCandidate("loading", { load: loading })]);
    expect(real.schedule(view).winner?.candidate.node.nodeId).toBe("loading");
  });

  it("shares the work between equal machines by turns", () => {
    const view = makeView([
      makeCandidate("a", { ...hot, candidate: { lastChosenAt: NOW - 1000 } }),
      makeCandidate("b", { ...hot, candidate: { lastChosenAt: NOW - 3000 } }),
      makeCandidate("c", { ...hot, candidate: { lastChosenAt: NOW - 2000 } }),
    ]);
    expect(real.schedule(view).ranked.map(({ candidate }) => candidate.node.nodeId)).toEqual(["b", "c", "a"]);
  });

  it("ranks a machine whose state is only remembered below an equal one that reports, without excluding it", () => {
    const remembered = makeCandidate("a-remembered", {
      node: { lastHeartbeatAt: undefined },
      backend: { reachability: "unknown" },
    });
    const { ranked } = real.schedule(makeView([remembered, makeCandidate("b-reporting")]));
    expect(ranked.map(({ candidate }) => candidate.node.nodeId)).toEqual(["b-reporting", "a-remembered"]);
  });

  it("lets an incapable model answer for itself when no other is left, and prefers a capable one else", () => {
    const incapable = makeCandidate("a", { ...hot, model: { ...hot.model, capabilities: ["completion"] } });
    const capable = makeCandidate("b", { model: { capabilities: ["completion", "tools"] } });
    const request = makeRequest({ needed: ["tools"] });
    expect(real.schedule(makeView([incapable, capable], { request })).winner?.candidate.node.nodeId).toBe("b");
    const alone = real.schedule(makeView([incapable], { request }));
    expect(alone.winner?.candidate.node.nodeId).toBe("a");
    expect(alone.skippedFilters).toEqual(["lacks-capability"]);
  });
});

describe("explainFull", () => {
  it("tells the whole decision in the words of its own filters and signals, in the form of the contract", () => {
    const view = makeView([makeCandidate("a"), makeCandidate("b", { node: { isDraining: true } })]);
    const stamp = { attempt: 1, decidedAt: NOW, tookUs: 12, model: "gemma3:4b" };
    const told = real.explainFull(real.schedule(view), stamp);
    expect(decisionContract.parse(told)).toEqual(told);
    expect(told.winner).toBe("a");
    expect(told.candidates[0]?.parts.map(({ explanation }) => explanation)).toContain(
      "Nothing runs or waits on this machine",
    );
    expect(told.rejected[0]).toMatchObject({ node_id: "b", filter: "draining" });
    expect(told.rejected[0]?.explanation).toMatch(/being drained/);
  });
});
