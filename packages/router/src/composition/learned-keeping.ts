import type { LearnedSpeedsBook } from "../fleet/speeds/learned-speeds.ts";
import type { Stores } from "./stores.ts";

/** Builds what stores every lane that has learned something since it was last stored. */
export function createLearnedKeeper(book: LearnedSpeedsBook, stores: Stores, now: () => number): () => void {
  const storedSamples = new Map<string, number>();
  return () => {
    for (const lane of book.entries()) {
      if (storedSamples.get(lane.laneKey) === lane.samples) continue;
      storedSamples.set(lane.laneKey, lane.samples);
      stores.learned.save({ ...lane, updatedAt: now() });
    }
  };
}
