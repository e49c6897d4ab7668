import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearestName } from "./nearest-name.ts";

const names = ["port", "host", "heartbeat_interval", "heartbeat_timeout", "queue_limit"];

describe("the nearest name", () => {
  it.each([
    ["prot", "port"],
    ["hots", "host"],
    ["heartbeat_intervall", "heartbeat_interval"],
    ["heartbeat_time", "heartbeat_timeout"],
    ["queuelimit", "queue_limit"],
  ])("of %s is %s", (name, nearest) => {
    expect(nearestName(name, names)).toBe(nearest);
  });

  it("of a valid name is itself", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 30 }), { minLength: 1 }), fc.nat(), (candidates, seed) => {
        const name = candidates[seed % candidates.length] ?? "";
        expect(nearestName(name, candidates)).toBe(name);
      }),
    );
  });

  it("is found for a name of any length, and only among candidates", () => {
    expect(nearestName("x".repeat(1_000_000), names)).toBeDefined();
    expect(nearestName("port", [])).toBeUndefined();
  });
});
