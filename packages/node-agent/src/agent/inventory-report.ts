import type { Inventory } from "../backends/ollama/model-facts.ts";

/** Decides which heartbeats carry facts and sizes of all models, and which only their names. */
export interface InventoryReport {
  /** Whether the next heartbeat must carry this inventory in full. */
  isDue(inventory: Inventory): boolean;
  /** A heartbeat with this inventory in full has arrived. */
  arrived(inventory: Inventory): void;
  /** The next heartbeat is to carry it in full, whatever was sent before. */
  ask(): void;
}

const FULL_EVERY_MS = 60_000;

/** In full when something changed since the router got it last, once a minute, and when asked. @param monotonic in ms. */
export function createInventoryReport(monotonic: () => number): InventoryReport {
  let sent: { readonly fingerprint: string; readonly at: number } | undefined;
  return {
    isDue: (inventory) =>
      sent === undefined || monotonic() - sent.at >= FULL_EVERY_MS || sent.fingerprint !== fingerprintOf(inventory),
    arrived: (inventory) => {
      sent = { fingerprint: fingerprintOf(inventory), at: monotonic() };
    },
    ask: () => {
      sent = undefined;
    },
  };
}

const fingerprintOf = (inventory: Inventory): string => JSON.stringify(inventory);
