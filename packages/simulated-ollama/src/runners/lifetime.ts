import type { Pace } from "../pace.ts";

/** What Go's largest duration comes to, in milliseconds: how far ahead "for ever" lies in `/api/ps`. */
const foreverMs = 2 ** 63 / 1e6;

/** How long a loaded model stays: as long as somebody uses it, and its keep-alive after that. */
export interface Lifetime {
  /** Requests that use it, waiting for a slot or answering. */
  users(): number;
  /** Milliseconds that it stays after its last request; negative = for ever. */
  keepAliveMs(): number;
  /** Wall-clock time at which it goes, as `/api/ps` says: an estimate while it is busy for the first time. */
  expiresAt(): number;
  /** Begins a use; a keep-alive replaces the one before for everybody. */
  enter(keepAliveMs: number | undefined): void;
  /** Ends a use. */
  leave(): void;
  /** Lets it go as soon as nobody uses it. */
  expire(): void;
  /** Takes it away at once, whoever uses it. */
  kill(): void;
  /** Settles once it is gone. */
  readonly gone: Promise<void>;
}

/** What a lifetime needs; `keepAliveMs` is that of a load without one of its own. */
export interface LifetimeParts {
  readonly pace: Pick<Pace, "now" | "wait">;
  readonly keepAliveMs: number;
}

/** Creates an unused lifetime; `onGone` is called once, at its end. */
export function createLifetime({ pace, keepAliveMs }: LifetimeParts, onGone: () => void): Lifetime {
  const gone = Promise.withResolvers<void>();
  const { now } = pace;
  const state: State = { users: 0, keepAliveMs, expiresAt: undefined };
  const lasting = () => (state.keepAliveMs < 0 ? foreverMs : state.keepAliveMs);
  const kill = () => {
    state.timer?.abort();
    if (state.isGone) return;
    state.isGone = true;
    onGone();
    gone.resolve();
  };
  const settle = () => {
    if (state.users > 0 || state.isGone) return;
    if (state.keepAliveMs === 0) return kill();
    state.expiresAt = now() + lasting();
    state.timer = startTimer(pace, lasting(), kill);
  };
  return {
    kill,
    gone: gone.promise,
    users: () => state.users,
    keepAliveMs: () => state.keepAliveMs,
    expiresAt: () => state.expiresAt ?? now() + lasting(),
    enter: (wanted) => enter(state, wanted),
    leave() {
      state.users--;
      settle();
    },
    expire() {
      state.timer?.abort();
      state.keepAliveMs = 0;
      state.expiresAt = now();
      settle();
    },
  };
}

interface State {
  users: number;
  keepAliveMs: number;
  expiresAt: number | undefined;
  isGone?: boolean;
  timer?: AbortController | undefined;
}

function enter(state: State, keepAliveMs: number | undefined): void {
  state.timer?.abort();
  state.users++;
  state.keepAliveMs = keepAliveMs ?? state.keepAliveMs;
}

/** Calls `action` after this long, unless the returned timer is aborted before. */
function startTimer(pace: Pick<Pace, "wait">, milliseconds: number, action: () => void): AbortController | undefined {
  // A longer time than a Node timer can hold is as good as for ever.
  if (milliseconds >= 2 ** 31) return undefined;
  const timer = new AbortController();
  // The only rejection is the abort, and that is how a timer is stopped.
  pace.wait(milliseconds, timer.signal).then(action, () => undefined);
  return timer;
}
