import { describe, expect, it } from "vitest";
import { makeCandidate, makeView, NOW } from "../testing/make-view.ts";
import { offline } from "./offline.ts";

const reject = (node: Parameters<typeof makeCandidate>[1]) => {
  const candidate = makeCandidate("a", node);
  return offline.reject(candidate, makeView([candidate]));
};

describe("offline", () => {
  it("rejects a machine that is offline and tells for how long", () => {
    const reason = reject({ node: { status: "offline", lastHeartbeatAt: NOW - 42_000 } });
    expect(reason).toEqual({ code: "offline", facts: { silent_s: 42 } });
    expect(reason && offline.explain(reason)).toBe("The machine is offline; it last reported 42 s ago");
  });

  it("tells a machine that was only stored before the router started", () => {
    const reason = reject({ node: { status: "offline", lastHeartbeatAt: undefined } });
    expect(reason && offline.explain(reason)).toBe("The machine has not reported since the router started");
  });

  it("keeps online and degraded machines", () => {
    expect(reject({})).toBeUndefined();
    expect(reject({ node: { status: "degraded" } })).toBeUndefined();
  });
});
