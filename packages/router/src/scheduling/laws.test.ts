import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Candidate, CandidateLoad, SchedulingView } from "../domain/candidate.ts";
import type { Decision } from "../domain/decision.ts";
import { filters } from "./filters.ts";
import { best } from "./pickers/best.ts";
import { signalsProfile } from "./profile.ts";
import { createScheduler } from "./scheduler.ts";
import { signals } from "./signals.ts";
import { arbitraryCandidate, arbitraryView, deepFrozen } from "./testing/arbitrary-view.ts";
import { makeLoaded } from "./testing/make-view.ts";

const { schedule } = createScheduler({ filters, signals, picker: best, profile: signalsProfile });

const names = (list: readonly { readonly candidate: Candidate }[]): string[] =>
  list.map(({ candidate }) => candidate.laneKey);
const strict = filters.filter((filter) => !filter.canYield);
const passesStrict = (candidate: Candidate, view: SchedulingView): boolean =>
  strict.every((filter) => filter.reject(candidate, view) === undefined);

function law(predicate: (view: SchedulingView, decision: Decision) => void): void {
  fc.assert(
    fc.property(arbitraryView, (view) => {
      predicate(view, schedule(deepFrozen(view)));
    }),
    { numRuns: 300 },
  );
}

describe("every decision", () => {
  it("has each candidate exactly once, ranked or rejected", () => {
    law((view, { ranked, rejected }) => {
      const listed = [...names(ranked), ...names(rejected)];
      expect(listed.toSorted()).toEqual(view.candidates.map(({ laneKey }) => laneKey).toSorted());
    });
  });

  it("picks its winner among the survivors, and has one whenever there are survivors", () => {
    law((_view, { ranked, winner }) => {
      if (ranked.length === 0) expect(winner).toBeUndefined();
      else expect(ranked).toContain(winner);
    });
  });

  it("ranks by falling totals, each the sum of weight × score", () => {
    law((_view, { ranked }) => {
      for (const { total, parts } of ranked) {
        expect(total).toBeCloseTo(
          parts.reduce((sum, { weight, reading }) => sum + weight * reading.score, 0),
          9,
        );
        expect(parts.map(({ signal }) => signal)).toEqual(signals.map(({ name }) => name));
      }
      const steps = ranked.map(({ total }) => Math.round(total / 0.1));
      expect(steps).toEqual(steps.toSorted((a, b) => b - a));
    });
  });

  it("does not depend on the order of the candidates", () => {
    fc.assert(
      fc.property(arbitraryView, fc.infiniteStream(fc.nat()), (view, keys) => {
        const order = new Map(view.candidates.map((candidate) => [candidate, keys.next().value as number]));
        const shuffled = view.candidates.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
        const [one, other] = [schedule(view), schedule({ ...view, candidates: shuffled })];
        expect(other.ranked).toEqual(one.ranked);
        expect(other.winner?.candidate).toBe(one.winner?.candidate);
        expect(other.skippedFilters).toEqual(one.skippedFilters);
        expect(names(other.rejected).toSorted()).toEqual(names(one.rejected).toSorted());
      }),
    );
  });

  it("is the same for the same view", () => {
    law((view, decision) => {
      expect(schedule(structuredClone(view))).toEqual(decision);
    });
  });

  it("has a winner as soon as one candidate passes the filters that never yield: the others never empty the field", () => {
    law((view, { winner, skippedFilters }) => {
      const someone = view.candidates.some((candidate) => passesStrict(candidate, view));
      expect(winner !== undefined).toBe(someone);
      for (const name of skippedFilters) expect(filters.find((filter) => filter.name === name)?.canYield).toBe(true);
    });
  });
});

describe("a yielding filter", () => {
  it.each(["lacks-capability", "breaker-open"])("%s rejects nobody when everybody else would go", (name) => {
    const filter = filters.find((entry) => entry.name === name);
    fc.assert(
      fc.property(arbitraryView, (view) => {
        const doomed = view.candidates.filter((candidate) => filter?.reject(candidate, view) !== undefined);
        const { rejected, skippedFilters } = schedule({ ...view, candidates: doomed });
        expect(rejected.some((entry) => entry.filter === name)).toBe(false);
        const hasSurvivor = doomed.some((candidate) => passesStrict(candidate, view));
        expect(skippedFilters.includes(name)).toBe(hasSurvivor);
      }),
    );
  });
});

describe("a candidate that joins", () => {
  it("changes neither winner nor order of the others when it is worse in every signal and passes the same filters", () => {
    fc.assert(
      fc.property(arbitraryView, (view) => {
        const before = schedule(view);
        const model = before.ranked[0];
        if (model === undefined) return;
        const worse = worsened(model.candidate);
        const after = schedule({ ...view, candidates: [...view.candidates, worse] });
        const joined = after.ranked.find(({ candidate }) => candidate === worse);
        const isWorse = joined?.parts.every(
          ({ weight, reading }, at) => weight * reading.score <= weight * (model.parts[at]?.reading.score ?? 0),
        );
        expect(isWorse ?? true).toBe(true);
        expect(after.winner?.candidate).toBe(before.winner?.candidate);
        expect(names(after.ranked).filter((name) => name !== worse.laneKey)).toEqual(names(before.ranked));
      }),
    );
  });
});

describe("more load", () => {
  const extra = fc.record({ inFlight: fc.nat(5), waiting: fc.nat(5), others: fc.nat(5), othersWaiting: fc.nat(5) });

  it("never helps a candidate, in the total or in the order", () => {
    fc.assert(
      fc.property(arbitraryView, extra, fc.nat(), (view, more, pick) => {
        const chosen = view.candidates[pick % Math.max(1, view.candidates.length)];
        if (chosen === undefined || isPausedByOwnWork(chosen)) return;
        const loaded = { ...chosen, load: withMore(chosen.load, more) };
        const candidates = view.candidates.map((candidate) => (candidate === chosen ? loaded : candidate));
        const [before, after] = [schedule(view), schedule({ ...view, candidates })];
        expect(totalOf(after, loaded) ?? Number.NEGATIVE_INFINITY).toBeLessThanOrEqual(
          (totalOf(before, chosen) ?? Number.POSITIVE_INFINITY) + 1e-9,
        );
        if (before.winner?.candidate !== chosen) expect(after.winner?.candidate).not.toBe(loaded);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a loaded model", () => {
  it("beats the same machine with the model on disk, when both are idle", () => {
    fc.assert(
      fc.property(arbitraryCandidate("a"), arbitraryView, (base, { request, fleet, now }) => {
        const idle: CandidateLoad = {
          inFlight: 0,
          waiting: 0,
          nodeInFlight: 0,
          nodeWaiting: 0,
          limit: 1,
          isNodeLoading: false,
        };
        const ask = { ...request, numCtx: undefined, loadOptions: "" };
        const contextLength = Math.max(4096, 2 * (request.promptTokens + (base.learned.outputTokens ?? 256)));
        const loaded = makeLoaded({ contextLength, loadedWith: { numCtx: undefined, options: "" } });
        const ollama = { ...base.backend, kind: "ollama" as const };
        const either = { ...base, backend: ollama, load: idle, expectedBytes: base.expectedBytes ?? loaded.sizeBytes };
        const hot = { ...either, model: { ...base.model, loaded } };
        const cold = { ...either, model: { ...base.model, loaded: undefined }, laneKey: "b:gemma3:4b" };
        const { ranked } = schedule({ request: ask, fleet, now, candidates: [cold, hot] });
        if (ranked.length > 0) expect(ranked[0]?.candidate).toBe(hot);
      }),
    );
  });
});

function totalOf({ ranked }: Decision, candidate: Candidate): number | undefined {
  return ranked.find((entry) => entry.candidate === candidate)?.total;
}

function withMore(
  load: CandidateLoad,
  more: {
    readonly inFlight: number;
    readonly waiting: number;
    readonly others: number;
    readonly othersWaiting: number;
  },
): CandidateLoad {
  return {
    ...load,
    inFlight: load.inFlight + more.inFlight,
    waiting: load.waiting + more.waiting,
    nodeInFlight: load.nodeInFlight + more.inFlight + more.others,
    nodeWaiting: load.nodeWaiting + more.waiting + more.othersWaiting,
  };
}

/** A pause that the fleet's own work has caused ends by that work: the one place where load must count in favour. */
function isPausedByOwnWork({ node }: Candidate): boolean {
  return node.capacity?.mode === "paused" && node.capacity.reason === "sustained_high_cpu";
}

/** The same candidate under another name, more loaded and chosen a moment ago. */
function worsened(candidate: Candidate): Candidate {
  const laneKey = `zz:${candidate.model.name}`;
  const load = withMore(candidate.load, { inFlight: 3, waiting: 3, others: 0, othersWaiting: 0 });
  return { ...candidate, laneKey, load, lastChosenAt: candidate.lastChosenAt + 1 };
}
