import { beatDelay } from "./beat-delay.ts";
import type { Delivery } from "./delivery.ts";

/** Failed heartbeats since the last one that arrived, and since the start. */
export interface BeatFailures {
  readonly sinceLast: number;
  readonly total: number;
}

/** What the loop needs. */
export interface HeartbeatLoopDependencies {
  readonly periodMs: number;
  /** Sends one heartbeat. Never rejects. */
  readonly beat: (failures: BeatFailures) => Promise<Delivery>;
  readonly onDelivery: (delivery: Delivery) => void;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number;
}

/** A loop that sends heartbeats until it is stopped. */
export interface HeartbeatLoop {
  /** Sends the next heartbeat without waiting for its time. */
  beatNow(): void;
  /** Resolves when the first heartbeat was accepted. Never settles if none is. */
  readonly firstAccepted: Promise<void>;
  /** Ends the loop; resolves when no heartbeat is under way any more. */
  stop(): Promise<void>;
}

/** Least time between two heartbeats, ms, however often the next one is asked for. */
const LEAST_GAP_MS = 100;

/** Starts at once. Nothing a router does or fails to do ends the loop. */
export function startHeartbeats(dependencies: HeartbeatLoopDependencies): HeartbeatLoop {
  const { periodMs, beat, onDelivery, monotonic, random } = dependencies;
  const startedAt = monotonic();
  const alarm = createAlarm();
  const first = Promise.withResolvers<void>();
  let failures: BeatFailures = { sinceLast: 0, total: 0 };
  let isStopped = false;

  const beatOnce = async (): Promise<number> => {
    const delivery = await beat(failures);
    const isAccepted = delivery.kind === "accepted";
    failures = failuresAfter(failures, delivery);
    if (isAccepted) first.resolve();
    onDelivery(delivery);
    const elapsedMs = monotonic() - startedAt;
    return beatDelay({ delivery, failures: failures.sinceLast, periodMs, elapsedMs, random: random() });
  };
  const run = async (): Promise<void> => {
    while (!isStopped) {
      const delayMs = await beatOnce();
      if (!isStopped) await alarm.sleep(delayMs);
    }
  };
  const running = run();
  const stop = (): Promise<void> => {
    isStopped = true;
    alarm.ring();
    return running;
  };
  return { beatNow: alarm.ring, firstAccepted: first.promise, stop };
}

function failuresAfter({ sinceLast, total }: BeatFailures, { kind }: Delivery): BeatFailures {
  if (kind === "unsent") return { sinceLast, total };
  return kind === "accepted" ? { sinceLast: 0, total } : { sinceLast: sinceLast + 1, total: total + 1 };
}

/** Sleeps until a time is over or somebody rings; ringing while nobody sleeps shortens the next sleep. */
function createAlarm() {
  let wake: (() => void) | undefined;
  let isRung = false;
  const sleep = (ms: number): Promise<void> =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, isRung ? Math.min(ms, LEAST_GAP_MS) : ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    }).then(() => {
      wake = undefined;
      isRung = false;
    });
  const ring = (): void => {
    isRung = true;
    wake?.();
  };
  return { sleep, ring };
}
