import { describe, expect, it } from "vitest";
import type { Capability } from "../../domain/request.ts";
import { makeCandidate, makeRequest, makeView } from "../testing/make-view.ts";
import { lacksCapability } from "./lacks-capability.ts";

const reject = (capabilities: readonly Capability[] | undefined, needed: readonly Capability[]) => {
  const candidate = makeCandidate("a", { model: { capabilities } });
  return lacksCapability.reject(candidate, makeView([candidate], { request: makeRequest({ needed }) }));
};

describe("lacks-capability", () => {
  it("rejects a model that lacks something the request needs, and names it", () => {
    const reason = reject(["completion"], ["completion", "vision"]);
    expect(reason?.code).toBe("lacks-vision");
    expect(reason && lacksCapability.explain(reason)).toBe(
      'The request needs "vision", which this model does not offer',
    );
  });

  it("keeps a model that has all that is needed, and one whose capabilities are not known", () => {
    expect(reject(["completion", "tools"], ["completion", "tools"])).toBeUndefined();
    expect(reject(undefined, ["vision"])).toBeUndefined();
    expect(reject([], [])).toBeUndefined();
  });
});
