import { describe, expect, test } from "vitest";
import { sampleNode } from "../testing/sample-views.ts";
import { hasLostBackend, nodeStateOf } from "./node-state.ts";
import type { BackendView } from "./reach-text.ts";

function withBackend(parts: Partial<BackendView>, status: "online" | "offline" = "online") {
  const node = sampleNode({ status });
  return { ...node, backends: node.backends.map((backend) => ({ ...backend, ...parts })) };
}

describe("the state of a node", () => {
  test.each([
    ["online", false, "online"],
    ["online", true, "draining"],
    ["degraded", true, "degraded"],
    ["offline", true, "offline"],
  ] as const)("%s, draining %s, is said as %s", (status, isDraining, state) => {
    expect(nodeStateOf(sampleNode({ status, is_draining: isDraining }))).toBe(state);
  });

  test("a backend is lost when it does not answer or its breaker is open", () => {
    expect(hasLostBackend(withBackend({}))).toBe(false);
    expect(hasLostBackend(withBackend({ state: "unreachable" }))).toBe(true);
    expect(hasLostBackend(withBackend({ breaker: "open" }))).toBe(true);
  });

  test("an offline node has no lost backend: it is lost as a whole", () => {
    expect(hasLostBackend(withBackend({ state: "unreachable" }, "offline"))).toBe(false);
  });
});
