import { describe, expect, it } from "vitest";
import { makeCandidate, makeView } from "../testing/make-view.ts";
import { alreadyFailed } from "./already-failed.ts";

const reject = (hasFailed: boolean) => {
  const candidate = makeCandidate("a", { candidate: { hasFailed } });
  return alreadyFailed.reject(candidate, makeView([candidate]));
};

describe("already-failed", () => {
  it("rejects where an attempt of the same request failed, and says so", () => {
    const reason = reject(true);
    expect(reason?.code).toBe("already-failed");
    expect(reason && alreadyFailed.explain(reason)).toMatch(/failed here/);
  });

  it("keeps every other", () => {
    expect(reject(false)).toBeUndefined();
  });
});
