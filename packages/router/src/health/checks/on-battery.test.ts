import { describe, expect, it } from "vitest";
import { foundBy } from "../testing/found-by.ts";
import { onBattery } from "./on-battery.ts";

const power = (source: "ac" | "battery", battery_pct?: number) => ({
  nodes: [{ heartbeat: { power: { source, ...(battery_pct === undefined ? {} : { battery_pct }) } } }],
});

describe("the check on_battery", () => {
  it("finds a machine on its battery, the worse when that is low", () => {
    expect(foundBy(onBattery, power("battery", 80))).toMatchObject([
      { severity: "info", details: { battery_pct: 80 } },
    ]);
    expect(foundBy(onBattery, power("battery"))).toMatchObject([{ severity: "info", details: { battery_pct: null } }]);
    expect(foundBy(onBattery, power("battery", 19))).toMatchObject([{ severity: "warning" }]);
  });

  it("stays silent on mains, and where nothing is told", () => {
    expect(foundBy(onBattery, power("ac", 10))).toEqual([]);
    expect(foundBy(onBattery)).toEqual([]);
  });
});
