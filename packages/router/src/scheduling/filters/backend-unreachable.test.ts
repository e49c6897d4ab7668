import { describe, expect, it } from "vitest";
import type { Reachability } from "../../domain/fleet-snapshot.ts";
import { makeCandidate, makeView } from "../testing/make-view.ts";
import { backendUnreachable } from "./backend-unreachable.ts";

const reject = (reachability: Reachability) => {
  const candidate = makeCandidate("a", { backend: { reachability } });
  return backendUnreachable.reject(candidate, makeView([candidate]));
};

describe("backend-unreachable", () => {
  it("rejects a backend that did not answer, and says so", () => {
    const reason = reject("unreachable");
    expect(reason?.code).toBe("backend-unreachable");
    expect(reason && backendUnreachable.explain(reason)).toMatch(/does not answer/);
  });

  it("keeps a backend that answers, and one that nothing was heard of yet", () => {
    expect(reject("reachable")).toBeUndefined();
    expect(reject("unknown")).toBeUndefined();
  });
});
