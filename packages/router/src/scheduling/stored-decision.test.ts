import { decision as decisionContract } from "@herd/shared";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filters } from "./filters.ts";
import { best } from "./pickers/best.ts";
import { signalsProfile } from "./profile.ts";
import { createScheduler } from "./scheduler.ts";
import { signals } from "./signals.ts";
import { keepDecision, viewOfDecision } from "./stored-decision.ts";
import { arbitraryView } from "./testing/arbitrary-view.ts";
import { makeCandidate, makeLoaded, makeView, NOW } from "./testing/make-view.ts";

const { schedule } = createScheduler({ filters, signals, picker: best, profile: signalsProfile });
const stamp = { attempt: 2, decidedAt: NOW, tookUs: 37, model: "gemma3" };

describe("a kept decision", () => {
  it("gives back every candidate, score, fact and reason, in the form of the contract", () => {
    fc.assert(
      fc.property(arbitraryView, (view) => {
        const decision = schedule(view);
        const told = viewOfDecision(keepDecision(decision, stamp));
        expect(decisionContract.parse(told)).toEqual(told);
        for (const [row, { candidate, total, parts }] of decision.ranked.entries()) {
          const shown = told.candidates[row];
          expect(shown).toMatchObject({ node_id: candidate.node.nodeId, is_winner: row === 0 });
          expect(shown?.total).toBeCloseTo(total, 5);
          for (const [column, { signal, reading }] of parts.entries()) {
            const part = shown?.parts[column];
            expect(part?.signal).toBe(signal);
            expect(part?.score).toBeCloseTo(reading.score, 5);
            expect(Object.keys(part?.facts ?? {}).toSorted()).toEqual(Object.keys(reading.facts).toSorted());
          }
        }
        expect(told.rejected.map(({ node_id, code }) => [node_id, code])).toEqual(
          decision.rejected.map(({ candidate, reason }) => [candidate.node.nodeId, reason.code]),
        );
      }),
    );
  });

  it("adds up: the points make the total", () => {
    const view = makeView([makeCandidate("a", { model: { loaded: makeLoaded() } }), makeCandidate("b")]);
    for (const { total, parts } of viewOfDecision(keepDecision(schedule(view), stamp)).candidates) {
      expect(parts.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(total, 4);
    }
  });

  it("holds nothing of the snapshot and takes at most a kilobyte per candidate", () => {
    const view = makeView(Array.from({ length: 10 }, (_, at) => makeCandidate(`node-${at}`)));
    const stored = keepDecision(schedule(view), stamp);
    const reached = new Set<unknown>();
    const walk = (value: unknown): void => {
      if (typeof value !== "object" || value === null || reached.has(value)) return;
      reached.add(value);
      for (const member of Object.values(value)) walk(member);
    };
    walk(stored);
    for (const { node, backend, model } of view.candidates) {
      for (const part of [node, backend, model]) expect(reached.has(part)).toBe(false);
    }
    expect((stored.numbers.length * 8) / 10).toBeLessThan(512);
  });

  it("is told in seconds, with the stamp it was given and null for a missing winner", () => {
    const told = viewOfDecision(keepDecision(schedule(makeView([])), stamp));
    expect(told).toEqual({
      request_id: "r-1",
      attempt: 2,
      decided_at: NOW / 1000,
      profile: "signals",
      model: "gemma3",
      winner: null,
      took_us: 37,
      candidates: [],
      rejected: [],
      skipped_filters: [],
    });
  });

  it("tells numbers without words for a signal that no longer exists", () => {
    const stored = keepDecision(schedule(makeView([makeCandidate("a")])), stamp);
    const told = viewOfDecision(stored, { filters: [], signals: [] });
    expect(told.candidates[0]?.parts[0]).toMatchObject({ signal: "thermal", score: 0.2, points: 10, explanation: "" });
  });
});
