import type { ServingParts } from "../serving-parts.ts";
import type { Stores } from "../stores.ts";
import { IdleCollection } from "./idle-collection.ts";

const TICK_MS = 1_000;

/**
 * Lets the process give memory back when it is idle, where Node was started with `--expose-gc`, as the product's own
 * commands do. The timer keeps nothing alive.
 */
export function startIdleCollection({
  serving,
  stores,
}: {
  readonly serving: ServingParts;
  readonly stores: Stores;
}): void {
  const { gc } = globalThis;
  if (gc === undefined) return;
  const { book, admission } = serving;
  const collection = new IdleCollection({
    // This kind also gives back what is free but kept for later.
    collect: () => gc({ type: "major", execution: "sync", flavor: "last-resort" }),
    isIdle: () => book.inFlight() + admission.waitingCount() + admission.heldCount() === 0,
    requests: () => {
      const { written, dropped, pending } = stores.traces.counts();
      return written + dropped + pending;
    },
    now: () => performance.now(),
  });
  setInterval(() => collection.tick(), TICK_MS).unref();
}
