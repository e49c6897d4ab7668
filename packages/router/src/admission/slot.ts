import type { Lane } from "./lane.ts";
import type { LaneBook } from "./lane-book.ts";
import type { Slot, SlotResult } from "./turn.ts";

/** What a slot is made of. */
export interface SlotParts {
  readonly id: number;
  readonly lane: Lane;
  readonly book: LaneBook;
  /** ms on the monotonic clock. */
  readonly now: () => number;
  readonly needsLoad: boolean;
  /** Called when the slot, or the node's turn to load, is free again. */
  readonly onFree: () => void;
}

/** Takes a slot of a lane. */
export function createSlot({ id, lane, book, now, needsLoad, onFree }: SlotParts): Slot {
  let isLoading = needsLoad;
  let isReleased = false;
  book.take(lane, id, now());
  lane.lastChosenAt = now();
  if (isLoading) book.beginLoad(lane);
  const stopLoading = (): boolean => {
    if (!isLoading) return false;
    isLoading = false;
    book.endLoad(lane);
    return true;
  };
  return {
    firstByte: () => lane.parallelism.firstByte(id, now()),
    loadEnded: () => {
      if (stopLoading()) onFree();
    },
    busy: () => lane.parallelism.busy(now()),
    release: (result) => {
      if (isReleased) return;
      isReleased = true;
      if (!result.isStillLoading) stopLoading();
      book.free(lane, id);
      count(lane, result);
      onFree();
    },
  };
}

function count(lane: Lane, result: SlotResult): void {
  if (result.isFailed) lane.failed += 1;
  if (!result.isCompleted) return;
  lane.completed += 1;
  lane.sums.samples += 1;
  lane.sums.latencyMs += result.latencyMs;
  lane.sums.promptTokens += result.promptTokens;
  lane.sums.completionTokens += result.completionTokens;
}
