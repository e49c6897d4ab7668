import type { Candidate, SchedulingView } from "../../domain/candidate.ts";
import { modelBytes } from "./model-bytes.ts";
import { idleBytes, memoryOf } from "./node-memory.ts";
import { type RunnerState, runnerStateOf } from "./runner-state.ts";
import { loadMs, slotMs } from "./speeds.ts";

/** What stands between a request and its start at a candidate. */
export interface WorkAhead {
  /** Until a slot is free and the runner may be touched, ms. */
  readonly queueMs: number;
  /** Until the model is loaded after that, ms; 0 when it is. */
  readonly loadMs: number;
  /** Requests that must finish or move on before this one. */
  readonly requests: number;
}

/** Of work that is under way, half is over on average. */
const REMAINING = 0.5;

/** Predicts when a request would start here. More load never makes it sooner. */
export function workAheadOf(candidate: Candidate, { request }: SchedulingView): WorkAhead {
  const state = runnerStateOf(candidate, request);
  const requests = requestsAhead(candidate, state);
  // A slot frees every time-per-request ÷ slots; the first after half of that on average.
  const inTurns = requests === 0 ? 0 : (requests - REMAINING) / Math.max(1, candidate.load.limit);
  return {
    queueMs: inTurns === 0 ? 0 : inTurns * slotMs(candidate),
    loadMs: loadAhead(candidate, state),
    requests,
  };
}

/**
 * Requests of the own lane beyond its free slots; all of them where the runner has to be loaded anew, which waits until
 * it is idle; and those of other lanes where the model fits only after a busy one has left.
 */
function requestsAhead(candidate: Candidate, state: RunnerState): number {
  const { load } = candidate;
  const own = load.inFlight + load.waiting;
  if (state === "must-reload") return own;
  const beyondSlots = Math.max(0, own - Math.max(1, load.limit) + 1);
  if (state !== "not-loaded" || !isRoomBusy(candidate)) return beyondSlots;
  return beyondSlots + Math.max(0, load.nodeInFlight + load.nodeWaiting - own);
}

function loadAhead(candidate: Candidate, state: RunnerState): number {
  switch (state) {
    case "hot":
    case "likely-hot":
      return 0;
    case "loading":
      return REMAINING * loadMs(candidate);
    case "must-reload":
    case "not-loaded":
      // Loads on one node run one at a time; the one under way is taken to be of the same size.
      return loadMs(candidate) * (candidate.load.isNodeLoading ? 1 + REMAINING : 1);
  }
}

function isRoomBusy(candidate: Candidate): boolean {
  const size = modelBytes(candidate);
  return size !== undefined && size > memoryOf(candidate.node).freeBytes + idleBytes(candidate);
}
