import { describe, expect, it } from "vitest";
import { makeCandidate, makeRequest, makeView } from "../testing/make-view.ts";
import { simulated } from "./simulated.ts";

const reject = (isSimulated: boolean, isLoopback: boolean) => {
  const candidate = makeCandidate("a", { node: { isSimulated } });
  const request = makeRequest({ client: { address: isLoopback ? "127.0.0.1" : "192.168.1.30", isLoopback } });
  return simulated.reject(candidate, makeView([candidate], { request }));
};

describe("simulated", () => {
  it("rejects a machine of the demo for callers elsewhere, and says so", () => {
    const reason = reject(true, false);
    expect(reason?.code).toBe("simulated");
    expect(reason && simulated.explain(reason)).toMatch(/own machine only/);
  });

  it("keeps it for callers on the router's own machine", () => {
    expect(reject(true, true)).toBeUndefined();
  });

  it("keeps real machines for everybody", () => {
    expect([reject(false, true), reject(false, false)]).toEqual([undefined, undefined]);
  });
});
