import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readText } from "./read-text.ts";

/** What measuring by the processors' counters needs. */
export interface RaplDependencies {
  readonly folder: string;
  /** ms, never going back. */
  readonly now: () => number;
}

interface Counter {
  /** µJ since it last began anew. */
  readonly microjoules: number;
  /** µJ at which it begins anew. */
  readonly range: number;
}

/** More than a machine can take: a counter that was reset. */
const MOST_WATTS = 5_000;

/**
 * Measures the power of all processors (RAPL packages, with their memory where that has a counter of its own), mean since
 * the call before, W. undefined at the first call, and where nobody but the administrator may read the counters, which is
 * the usual case since Linux 5.10.
 */
export function createRaplMeter({ folder, now }: RaplDependencies): () => Promise<number | undefined> {
  let before: { readonly counters: ReadonlyMap<string, Counter>; readonly at: number } | undefined;
  return async () => {
    const counters = await readCounters(folder);
    const [earlier, at] = [before, now()];
    before = { counters, at };
    if (earlier === undefined || counters.size === 0 || at <= earlier.at) return undefined;
    const joules = [...counters].map(([name, counter]) => joulesSince(earlier.counters.get(name), counter));
    if (joules.includes(undefined)) return undefined;
    const watts = joules.reduce<number>((sum, one) => sum + (one ?? 0), 0) / ((at - earlier.at) / 1000);
    return watts > 0 && watts <= MOST_WATTS ? Math.round(watts * 10) / 10 : undefined;
  };
}

/** By folder: `intel-rapl:0` is a package (AMD's processors have the same names), `intel-rapl:0:1` a part of it. */
async function readCounters(folder: string): Promise<ReadonlyMap<string, Counter>> {
  const names = await readdir(folder).catch(() => []);
  const zones = names.filter((name) => /^intel-rapl:\d+(:\d+)?$/.test(name));
  const read = await Promise.all(zones.map(async (name) => [name, await readCounter(join(folder, name))] as const));
  return new Map(read.flatMap(([name, counter]) => (counter === undefined ? [] : [[name, counter] as const])));
}

/** Only packages and memory: the cores are within their package, `psys` holds all of them again. */
async function readCounter(folder: string): Promise<Counter | undefined> {
  const [zone, energy, range] = await Promise.all([
    readText(join(folder, "name")),
    readText(join(folder, "energy_uj")),
    readText(join(folder, "max_energy_range_uj")),
  ]);
  if (zone === undefined || !/^(package-\d+|dram)$/.test(zone) || energy === undefined || !/^\d+$/.test(energy))
    return undefined;
  return { microjoules: Number(energy), range: Number(range ?? 0) };
}

function joulesSince(before: Counter | undefined, { microjoules, range }: Counter): number | undefined {
  if (before === undefined) return undefined;
  const grown = microjoules - before.microjoules;
  const isAnew = grown < 0;
  return isAnew && !(range > 0) ? undefined : (isAnew ? grown + range : grown) / 1e6;
}

/** What the discharging batteries give now, W: all that the machine takes. undefined while one is charged, or none tells. */
export async function batteryWatts(folder: string): Promise<number | undefined> {
  const names = await readdir(folder).catch(() => []);
  const supplies = await Promise.all(names.map((name) => readSupply(join(folder, name))));
  const batteries = supplies.filter((supply) => supply !== undefined);
  if (batteries.length === 0 || batteries.some(({ status }) => status === "Charging" || status === "Full"))
    return undefined;
  const watts = batteries.reduce((sum, one) => sum + (one.status === "Discharging" ? one.watts : 0), 0);
  return watts > 0 && watts <= MOST_WATTS ? Math.round(watts * 10) / 10 : undefined;
}

/** A battery's state and power; undefined for mains, and for batteries of mice and the like. */
async function readSupply(folder: string): Promise<{ readonly status: string; readonly watts: number } | undefined> {
  const names = ["type", "scope", "status", "power_now", "current_now", "voltage_now"];
  const [type, scope, status, power, current, voltage] = await Promise.all(names.map((n) => readText(join(folder, n))));
  if (type !== "Battery" || scope === "Device" || status === undefined) return undefined;
  // Both are in millionths; drivers differ in whether a current that leaves is negative.
  const watts = power === undefined ? (Number(current) / 1e6) * (Number(voltage) / 1e6) : Number(power) / 1e6;
  return { status, watts: Number.isFinite(watts) ? Math.abs(watts) : 0 };
}
