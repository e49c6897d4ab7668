import { signal } from "@preact/signals";
import { describe, expect, test } from "vitest";
import { sampleNode, sampleStatus } from "../testing/sample-views.ts";
import { announcementsOf, newsBetween } from "./announcements.ts";
import type { FleetKnowledge } from "./fleet-knowledge.ts";

const silence = { since: 1, reason: "no connection", nextTryAt: 2 };
const live = (status: "online" | "degraded"): FleetKnowledge => ({
  kind: "live",
  status: sampleStatus({ nodes: [sampleNode({ node_id: "a", status })] }),
  receivedAt: 1,
});
const stale: FleetKnowledge = { kind: "stale", status: sampleStatus({ nodes: [] }), receivedAt: 1, silence };

describe("the news for a screen reader", () => {
  test("are what changed in the fleet", () => {
    expect(newsBetween(live("online"), live("degraded"))).toEqual(["a is degraded"]);
    expect(newsBetween({ kind: "asking" }, live("online"))).toEqual([]);
  });

  test("tell once that the router is silent, and once that it is back", () => {
    expect(newsBetween(live("online"), stale)).toEqual(["No news from the router"]);
    expect(newsBetween(stale, stale)).toEqual([]);
    expect(newsBetween(stale, live("online"))).toEqual(["The router is back", "a joined, online"]);
  });

  test("stay on the page until there are others", () => {
    const knowledge = signal<FleetKnowledge>(live("online"));
    const sentence = announcementsOf(knowledge);
    expect(sentence.value).toBe("");
    knowledge.value = live("degraded");
    knowledge.value = live("degraded");
    expect(sentence.value).toBe("a is degraded.");
  });
});
