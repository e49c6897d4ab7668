import { describe, expect, it } from "vitest";
import { makeCandidate, makeView } from "../testing/make-view.ts";
import { pinnedElsewhere } from "./pinned-elsewhere.ts";

const reject = (pinnedNode: string | undefined) => {
  const candidate = makeCandidate("a", {});
  const view = makeView([candidate]);
  return pinnedElsewhere.reject(candidate, { ...view, request: { ...view.request, pinnedNode } });
};

describe("pinned-elsewhere", () => {
  it("rejects every machine but the one that the request names", () => {
    const reason = reject("b");
    expect(reason).toEqual({ code: "pinned-elsewhere", facts: {} });
    expect(reason && pinnedElsewhere.explain(reason)).toContain("X-Herd-Node");
    expect(reject("a")).toBeUndefined();
  });

  it("keeps every machine for a request that names none", () => {
    expect(reject(undefined)).toBeUndefined();
  });
});
