import type { Delivery } from "./delivery.ts";
import { KEY_MISMATCH } from "./membership.ts";

/** Waiting time after a first failure, ms; it doubles with each further one. */
const FIRST_RETRY_MS = 1_000;
/** Longest waiting time, ms: a router that comes back is found within this time. */
const LONGEST_RETRY_MS = 5_000;
/** Waiting time while another machine owns the node id, ms: only a person can change that. */
const OWNED_BY_OTHER_MS = 15_000;

/** What the time of the next heartbeat depends on. */
export interface BeatSituation {
  readonly delivery: Delivery;
  /** Failed heartbeats in a row, this one included. */
  readonly failures: number;
  readonly periodMs: number;
  /** ms since the heartbeats' fixed rhythm began. */
  readonly elapsedMs: number;
  /** 0 inclusive to 1 exclusive. */
  readonly random: number;
}

/**
 * How long to wait before the next heartbeat, ms. While they arrive: until the next stroke of a fixed rhythm, so that slow
 * answers do not stretch it. Otherwise 1 s, 2 s, 4 s, then 5 s, each shortened by up to half at random, so that a router
 * that returns is not met by all its nodes at once.
 */
export function beatDelay({ delivery, failures, periodMs, elapsedMs, random }: BeatSituation): number {
  if (delivery.kind === "accepted") return periodMs - (elapsedMs % periodMs);
  if (delivery.kind === "unsent") return LONGEST_RETRY_MS;
  if (delivery.kind === "refused" && delivery.code === KEY_MISMATCH) return OWNED_BY_OTHER_MS;
  const longest = Math.min(
    FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 10),
    LONGEST_RETRY_MS,
    Math.max(periodMs, FIRST_RETRY_MS),
  );
  return longest * (1 - random / 2);
}
