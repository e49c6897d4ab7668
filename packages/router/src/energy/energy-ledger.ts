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

const MS_PER_DAY = 86_400_000;
const dayOf = (at: number): number => Math.floor(at / MS_PER_DAY);

/** Brings what nodes take into the ledger of its UTC day. */
export class EnergyLedger {
  readonly #keeping: EnergyKeeping;
  /** Up to when the nodes are counted, Unix epoch ms. */
  #sweptAt: number;

  constructor(keeping: EnergyKeeping) {
    this.#keeping = keeping;
    this.#sweptAt = keeping.epochNow();
  }

  /** Counts every node up to now. When a day has ended, what was counted before belongs to it. */
  sweep(): void {
    const { meter, nodes, now, epochNow } = this.#keeping;
    const at = epochNow();
    if (dayOf(at) !== dayOf(this.#sweptAt)) this.write();
    meter.sweep(nodes(), now());
    this.#sweptAt = at;
  }

  /** Hands what was counted since the last time to the store. */
  write(): void {
    this.#keeping.store.add(this.#keeping.meter.takeLedger(), this.#sweptAt);
  }
}
