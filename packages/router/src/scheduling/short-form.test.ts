import { describe, expect, it } from "vitest";
import { filters } from "./filters.ts";
import { best } from "./pickers/best.ts";
import { signalsProfile } from "./profile.ts";
import { createScheduler } from "./scheduler.ts";
import { shortForm } from "./short-form.ts";
import { signals } from "./signals.ts";
import { makeCandidate, makeLoaded, makeView } from "./testing/make-view.ts";

const { schedule } = createScheduler({ filters, signals, picker: best, profile: signalsProfile });
const hot = { model: { loaded: makeLoaded({ contextLength: 4096 }) } };
const gone = { node: { isDraining: true } };

describe("the short form of a decision", () => {
  it("keeps the winner's points under the names of the signals, and their total", () => {
    const { breakdown } = shortForm(schedule(makeView([makeCandidate("a", hot)])));
    expect(Object.keys(breakdown ?? {})).toEqual([...signals.map(({ name }) => name), "total"]);
    expect(breakdown).toMatchObject({ thermal: 50, memory_fit: 20, queue_depth: 0, wait_time: 0 });
    const { total = 0, ...points } = breakdown ?? {};
    expect(Object.values(points).reduce((sum, value) => sum + value, 0)).toBeCloseTo(total, 1);
    expect(Object.is(breakdown?.["queue_depth"], -0)).toBe(false);
  });

  it("keeps the runner-up with what it lost by most", () => {
    const { runnerUp } = shortForm(schedule(makeView([makeCandidate("a", hot), makeCandidate("b")])));
    expect(runnerUp).toMatchObject({ nodeId: "b", lostBy: { signal: "thermal", points: 40 } });
  });

  it("has nothing to lose by between equals, and no runner-up for a single candidate", () => {
    const equals = shortForm(schedule(makeView([makeCandidate("a"), makeCandidate("b")])));
    expect(equals.runnerUp).toMatchObject({ nodeId: "b", lostBy: undefined });
    expect(shortForm(schedule(makeView([makeCandidate("a")]))).runnerUp).toBeUndefined();
  });

  it("counts the rejected by filter, also when nobody won", () => {
    const offline = { node: { status: "offline" as const } };
    const view = makeView([makeCandidate("a", gone), makeCandidate("b", gone), makeCandidate("c", offline)]);
    expect(shortForm(schedule(view))).toEqual({
      breakdown: undefined,
      runnerUp: undefined,
      rejections: { draining: 2, offline: 1 },
    });
  });
});
