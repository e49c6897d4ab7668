import { describe, expect, it } from "vitest";
import type { BreakerState } from "../../domain/candidate.ts";
import { makeCandidate, makeView } from "../testing/make-view.ts";
import { breakerOpen } from "./breaker-open.ts";

const reject = (breaker: BreakerState) => {
  const candidate = makeCandidate("a", { candidate: { breaker } });
  return breakerOpen.reject(candidate, makeView([candidate]));
};

describe("breaker-open", () => {
  it("rejects while the breaker is open, and says so", () => {
    const reason = reject("open");
    expect(reason?.code).toBe("breaker-open");
    expect(reason && breakerOpen.explain(reason)).toMatch(/several times in a row/);
  });

  it("keeps while it is closed, and lets the trial of a half-open one through", () => {
    expect(reject("closed")).toBeUndefined();
    expect(reject("half-open")).toBeUndefined();
  });
});
