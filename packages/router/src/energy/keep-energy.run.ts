import { type EnergyKeeping, EnergyLedger } from "./energy-ledger.ts";

const SWEEP_EVERY_MS = 5_000;
const WRITE_EVERY_MS = 60_000;

/** Counts every node's energy, idle time included, and writes it to the daily ledger once a minute. Returns what ends that. */
export function keepEnergy(keeping: EnergyKeeping): () => void {
  const ledger = new EnergyLedger(keeping);
  ledger.sweep();
  const timers = [setInterval(() => ledger.sweep(), SWEEP_EVERY_MS), setInterval(() => ledger.write(), WRITE_EVERY_MS)];
  for (const timer of timers) timer.unref();
  return () => {
    for (const timer of timers) clearInterval(timer);
    ledger.sweep();
    ledger.write();
  };
}
