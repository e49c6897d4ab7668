import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type BatteryFacts, createPowerProbe } from "./power.ts";

const desktop: BatteryFacts = { hasBattery: false, acConnected: true, percent: 0 };
const unplugged: BatteryFacts = { hasBattery: true, acConnected: false, percent: 63 };

let folder: string;
let now: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herd-power-"));
  now = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

function entry(name: string, files: Readonly<Record<string, string | number>>): void {
  mkdirSync(join(folder, name), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), `${text}\n`);
}

const probeOf = (facts: BatteryFacts, platform: NodeJS.Platform = "linux") =>
  createPowerProbe({
    platform,
    readBattery: async () => facts,
    countersFolder: folder,
    suppliesFolder: folder,
    now: () => now,
  });

test("a machine with a battery says what it runs on and how full the battery is", async () => {
  expect(await probeOf(unplugged, "darwin")()).toEqual({ source: "battery", battery_pct: 63 });
  const plugged = probeOf({ hasBattery: true, acConnected: true, percent: 255 }, "darwin");
  expect(await plugged()).toEqual({ source: "ac" });
});

test("a machine without a battery and without counters says nothing", async () => {
  expect(await probeOf(desktop)()).toBeUndefined();
  expect(await probeOf(desktop, "win32")()).toBeUndefined();
});

test("the processors' counters give their mean power since the reading before", async () => {
  entry("intel-rapl", {});
  entry("intel-rapl:0", { name: "package-0", energy_uj: 1_000_000, max_energy_range_uj: 9_000_000_000 });
  entry("intel-rapl:0:0", { name: "core", energy_uj: 500_000, max_energy_range_uj: 9_000_000_000 });
  entry("intel-rapl:0:1", { name: "dram", energy_uj: 0, max_energy_range_uj: 9_000_000_000 });
  entry("intel-rapl:1", { name: "psys", energy_uj: 0, max_energy_range_uj: 9_000_000_000 });
  const probe = probeOf(desktop);
  expect(await probe()).toBeUndefined();
  now = 10_000;
  entry("intel-rapl:0", { energy_uj: 451_000_000 });
  entry("intel-rapl:0:0", { energy_uj: 400_000_000 });
  entry("intel-rapl:0:1", { energy_uj: 50_000_000 });
  entry("intel-rapl:1", { energy_uj: 900_000_000 });
  expect(await probe()).toEqual({ source: "ac", watts: 50, watts_of: "cpu" });
});

test("a counter that began anew is followed over its end", async () => {
  entry("intel-rapl:0", { name: "package-0", energy_uj: 262_100_000_000, max_energy_range_uj: 262_143_000_000 });
  const probe = probeOf(desktop);
  await probe();
  now = 1_000;
  entry("intel-rapl:0", { energy_uj: 7_000_000 });
  expect(await probe()).toEqual({ source: "ac", watts: 50, watts_of: "cpu" });
});

test("counters that nobody may read, or that hold nonsense, tell nothing", async () => {
  entry("intel-rapl:0", { name: "package-0", energy_uj: "", max_energy_range_uj: 1 });
  const probe = probeOf(desktop);
  await probe();
  now = 1_000;
  expect(await probe()).toBeUndefined();
  entry("intel-rapl:0", { energy_uj: 10 });
  await probe();
  now = 2_000;
  entry("intel-rapl:0", { energy_uj: 9e15, max_energy_range_uj: 9e15 });
  expect(await probe()).toBeUndefined();
});

test("a discharging battery tells the power of the whole machine, in either form of the kernel", async () => {
  entry("AC", { type: "Mains", online: 0 });
  entry("hidpp_battery_0", { type: "Battery", scope: "Device", status: "Discharging", power_now: 1 });
  entry("BAT0", { type: "Battery", status: "Discharging", power_now: 14_200_000 });
  const charge = { source: "battery", battery_pct: 63 };
  expect(await probeOf(unplugged)()).toEqual({ ...charge, watts: 14.2, watts_of: "machine" });
  rmSync(join(folder, "BAT0"), { recursive: true });
  entry("BAT1", { type: "Battery", status: "Discharging", current_now: -1_000_000, voltage_now: 12_000_000 });
  expect(await probeOf(unplugged)()).toEqual({ ...charge, watts: 12, watts_of: "machine" });
  entry("BAT1", { status: "Charging" });
  expect(await probeOf(unplugged)()).toEqual(charge);
});

test("the battery itself is asked once a minute", async () => {
  let asked = 0;
  const probe = createPowerProbe({
    platform: "darwin",
    readBattery: async () => {
      asked += 1;
      return unplugged;
    },
    now: () => now,
  });
  for (now = 0; now < 60_000; now += 10_000) await probe();
  expect(asked).toBe(1);
  await probe();
  expect(asked).toBe(2);
});
