import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { NOW } from "../testing/make-facts.ts";
import { clockSkew } from "./clock-skew.ts";

const noted = { findings: [{ id: "clock_skew", text: "its clock differs", fix: "Switch on automatic time" }] };

describe("the check clock_skew", () => {
  it("finds a wrong clock, by how much, and the command of that platform", () => {
    const heartbeat = { timestamp: (NOW - 2_000) / 1000 - 3600, system: { platform: "win32", release: "" } };
    expect(foundBy(clockSkew, { nodes: [{ heartbeat, snapshot: noted }] })).toMatchObject([
      {
        severity: "warning",
        description: "It is 60 min behind the router's.",
        command: "w32tm /resync",
        details: { skew_s: -3600 },
      },
    ]);
  });

  it("stays silent for a right clock, and a machine that is off", () => {
    expect(foundBy(clockSkew)).toEqual([]);
    expect(foundBy(clockSkew, { nodes: [{ snapshot: { ...noted, status: "offline" } }] })).toEqual([]);
  });
});
