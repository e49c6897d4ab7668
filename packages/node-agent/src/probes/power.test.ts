import { expect, test } from "vitest";
import { createPowerProbe } from "./power.ts";

test("a machine with a battery says what it runs on and how full the battery is", async () => {
  const unplugged = createPowerProbe(async () => ({ hasBattery: true, acConnected: false, percent: 63 }));
  expect(await unplugged()).toEqual({ source: "battery", battery_pct: 63 });
  const plugged = createPowerProbe(async () => ({ hasBattery: true, acConnected: true, percent: 255 }));
  expect(await plugged()).toEqual({ source: "ac" });
});

test("a machine without a battery says nothing", async () => {
  const desktop = createPowerProbe(async () => ({ hasBattery: false, acConnected: true, percent: 0 }));
  expect(await desktop()).toBeUndefined();
});
