import type { PowerReading } from "@herd/shared";
import { battery, type Systeminformation } from "systeminformation";
import { batteryWatts, createRaplMeter } from "./power-linux.ts";
import type { Probe } from "./probe.ts";

/** What is read of a battery. */
export type BatteryFacts = Pick<Systeminformation.BatteryData, "hasBattery" | "acConnected" | "percent">;

/** Where readings of power come from. */
export interface PowerDependencies {
  readonly platform: NodeJS.Platform;
  readonly readBattery?: () => Promise<BatteryFacts>;
  /** Linux's folder of power limits and counters. */
  readonly countersFolder?: string;
  /** Linux's folder of batteries and mains. */
  readonly suppliesFolder?: string;
  /** ms, never going back. */
  readonly now?: () => number;
}

/** A battery is asked this seldom: on some systems that starts a program, ms. */
const BATTERY_EVERY_MS = 60_000;

/**
 * Tells what the machine runs on and, where that can be measured without special rights, how much power it takes: on
 * Linux a discharging battery tells of the whole machine, else the processors' own counters of them (where they may be
 * read). No reading where there is neither battery nor counter.
 */
export function createPowerProbe({
  platform,
  readBattery = () => battery(),
  countersFolder = "/sys/class/powercap",
  suppliesFolder = "/sys/class/power_supply",
  now = () => performance.now(),
}: PowerDependencies): Probe<PowerReading> {
  const readCounters = createRaplMeter({ folder: countersFolder, now });
  let known: { readonly facts: BatteryFacts; readonly at: number } | undefined;
  const batteryFacts = async (): Promise<BatteryFacts> => {
    if (known === undefined || now() - known.at >= BATTERY_EVERY_MS) known = { facts: await readBattery(), at: now() };
    return known.facts;
  };
  return async () => {
    const facts = await batteryFacts();
    const isLinux = platform === "linux";
    const cpu = isLinux ? await readCounters() : undefined;
    const machine = isLinux && facts.hasBattery ? await batteryWatts(suppliesFolder) : undefined;
    return readingOf(facts, { cpu, machine });
  };
}

function readingOf(
  { hasBattery, acConnected, percent }: BatteryFacts,
  { cpu, machine }: { readonly cpu: number | undefined; readonly machine: number | undefined },
): PowerReading | undefined {
  const watts = machine ?? cpu;
  if (!hasBattery && watts === undefined) return undefined;
  return {
    source: hasBattery && !acConnected ? "battery" : "ac",
    ...(hasBattery && percent >= 0 && percent <= 100 ? { battery_pct: percent } : {}),
    ...(watts === undefined ? {} : { watts, watts_of: machine === undefined ? "cpu" : "machine" }),
  };
}
