import type { NodeSnapshot } from "../domain/fleet-snapshot.ts";
import type { EnergyMeter } from "./energy-meter.ts";
import type { EnergyStore } from "./energy-store.ts";

/** What counting the nodes' energy needs from outside. */
export interface EnergyKeeping {
  readonly meter: EnergyMeter;
  readonly store: EnergyStore;
  readonly nodes: () => readonly NodeSnapshot[];
  /** ms, never going back. */
  readonly now: () => number;
  /** Unix epoch ms. */
  readonly epochNow: () => number;
}

const SWEEP_EVERY_MS = 5_000;
const WRITE_EVERY_MS = 60_000;

/** Counts every node's energy, idle time included, and writes it to the daily ledger once a minute. Returns what ends that. */
export function keepEnergy({ meter, store, nodes, now, epochNow }: EnergyKeeping): () => void {
  const sweep = (): void => meter.sweep(nodes(), now());
  const write = (): void => store.add(meter.takeLedger(), epochNow());
  sweep();
  const timers = [setInterval(sweep, SWEEP_EVERY_MS), setInterval(write, WRITE_EVERY_MS)];
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearInterval(timer);
    sweep();
    write();
  };
}
