import type { PowerReading } from "@herd/shared";
import { battery, type Systeminformation } from "systeminformation";
import type { Probe } from "./probe.ts";

/** What is read of a battery. */
export type BatteryFacts = Pick<Systeminformation.BatteryData, "hasBattery" | "acConnected" | "percent">;

/** Tells what the machine runs on; no reading where it has no battery. */
export function createPowerProbe(read: () => Promise<BatteryFacts> = () => battery()): Probe<PowerReading> {
  return async () => {
    const { hasBattery, acConnected, percent } = await read();
    if (!hasBattery) return undefined;
    const source = acConnected ? "ac" : "battery";
    return percent >= 0 && percent <= 100 ? { source, battery_pct: percent } : { source };
  };
}
