import { describe, expect, it } from "vitest";
import { type CandidateWishes, makeCandidate, makeLoaded, makeView } from "../testing/make-view.ts";
import { loadBlocked } from "./load-blocked.ts";

const reject = (wishes: CandidateWishes) => {
  const candidate = makeCandidate("a", wishes);
  return loadBlocked.reject(candidate, makeView([candidate]));
};
const blocked: CandidateWishes = { candidate: { isLoadBlocked: true } };

describe("load-blocked", () => {
  it("rejects where the model could not be loaded lately, and says so", () => {
    const reason = reject(blocked);
    expect(reason?.code).toBe("load-failed");
    expect(reason && loadBlocked.explain(reason)).toMatch(/failed on this machine/);
  });

  it("keeps where it is loaded by now, or being loaded", () => {
    expect(reject({ ...blocked, model: { loaded: makeLoaded() } })).toBeUndefined();
    expect(reject({ ...blocked, load: { isModelLoading: true } })).toBeUndefined();
    expect(reject({})).toBeUndefined();
  });
});
