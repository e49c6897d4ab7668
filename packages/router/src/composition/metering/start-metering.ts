import { keepEnergy } from "../../energy/keep-energy.run.ts";
import type { Family } from "../../metrics/family.ts";
import { ProcessWatch } from "../../metrics/process-reading.ts";
import { type CollectSources, collectFamilies } from "./collect-families.ts";
import type { MeteringParts } from "./metering-parts.ts";
import { type OtlpStart, startOtlp } from "./start-otlp.ts";

/** What metering works on once everything is built. */
export type MeteringStart = Omit<CollectSources, "process" | "accounts" | "energy" | "listeners"> &
  Omit<OtlpStart, "families" | "metering"> & { readonly metering: MeteringParts };

/** Running metering. */
export interface RunningMetering {
  /** Everything that is measured now. @param withDemo with the machines of the demo. */
  readonly families: (withDemo: boolean) => readonly Family[];
  /** From now on the listeners of the live events are counted, too. */
  readonly countListeners: (count: () => number) => void;
  /** Ends timers and sending; the ledger of energy is handed to the flusher at once. */
  readonly stop: () => Promise<void>;
}

/** Starts what measures by itself: the energy of nodes, and sending to a collector where one is set. */
export function startMetering(sources: MeteringStart): RunningMetering {
  const { metering, fleet, stores, serving } = sources;
  const process = new ProcessWatch();
  const { accounts, energy } = metering;
  let listeners: (() => number) | undefined;
  const families = (withDemo: boolean) =>
    collectFamilies({ ...sources, accounts, energy, process, listeners }, withDemo);
  const endEnergy = keepEnergy({
    meter: energy,
    store: stores.energy,
    nodes: () => fleet.registry.snapshot().nodes,
    now: serving.parts.now,
    epochNow: fleet.clock.now,
  });
  const endOtlp = startOtlp({ ...sources, metering, families: () => families(false) });
  return {
    families,
    countListeners: (count) => {
      listeners = count;
    },
    stop: async () => {
      endEnergy();
      process.stop();
      await endOtlp();
    },
  };
}
