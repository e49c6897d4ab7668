import { LINK_TIME_WINDOW_MS } from "./headers.ts";

/** A wall clock that never runs backwards, and can be told to start no earlier than a stored instant. */
export interface SteadyClock {
  /** Unix epoch milliseconds, strictly non-decreasing. */
  now(): number;
}

/**
 * Builds a clock from a wall reading at start plus a monotonic counter, so that a corrected system clock neither repeats
 * times nor refuses messages.
 * @param wallAtStart Unix epoch ms at start. @param monotonic ms counter. @param notBefore earliest first reading, ms.
 */
export function createSteadyClock({
  wallAtStart,
  monotonic,
  notBefore = 0,
}: {
  readonly wallAtStart: number;
  readonly monotonic: () => number;
  readonly notBefore?: number;
}): SteadyClock {
  const base = Math.max(wallAtStart, notBefore) - monotonic();
  return { now: () => base + monotonic() };
}

/** Learns another machine's clock from the times it states, and gives strictly increasing times on it. */
export interface PeerClock {
  /** Takes a time the peer stated just now, Unix epoch ms. */
  learn(peerTime: number): void;
  /** A time on the peer's clock, whole ms, greater than any given before. */
  next(): number;
  /** Peer clock minus own clock, ms; undefined until something was learned. */
  offset(): number | undefined;
}

/** @param now own clock, Unix epoch ms, never running backwards. */
export function createPeerClock(now: () => number): PeerClock {
  let offset: number | undefined;
  let last = 0;
  return {
    learn: (peerTime) => {
      offset = peerTime - now();
      // A peer whose clock was set back a long way starts a new count; smaller steps keep the strict order.
      if (last > peerTime + LINK_TIME_WINDOW_MS) last = Math.floor(peerTime);
    },
    next: () => {
      last = Math.max(last + 1, Math.floor(now() + (offset ?? 0)));
      return last;
    },
    offset: () => offset,
  };
}
