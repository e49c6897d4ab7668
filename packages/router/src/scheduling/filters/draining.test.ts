import { describe, expect, it } from "vitest";
import { makeCandidate, makeView } from "../testing/make-view.ts";
import { draining } from "./draining.ts";

const reject = (isDraining: boolean) => {
  const candidate = makeCandidate("a", { node: { isDraining } });
  return draining.reject(candidate, makeView([candidate]));
};

describe("draining", () => {
  it("rejects a machine that is being drained, and says so", () => {
    const reason = reject(true);
    expect(reason?.code).toBe("draining");
    expect(reason && draining.explain(reason)).toMatch(/takes no more/);
  });

  it("keeps every other", () => {
    expect(reject(false)).toBeUndefined();
  });
});
