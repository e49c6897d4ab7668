import { isDeepStrictEqual } from "node:util";
import { asCallError } from "../backend-call.ts";
import { repeat } from "../repeat.ts";
import type { ServerCalls } from "./server-calls.ts";
import type { ServerReader, ServerReading } from "./server-reader.ts";

/** A server as it was seen last. */
export type ServerState =
  | {
      readonly isReachable: false;
      readonly error: string;
      /** It answered that it is not ready yet. */
      readonly isStarting: boolean;
      /** Which program it was when it answered last; empty when it never has. */
      readonly software: string;
    }
  | ({ readonly isReachable: true } & ServerReading);

/** What watching needs. */
export interface ServerWatchDependencies {
  readonly calls: Pick<ServerCalls, "takesConnections">;
  readonly reader: ServerReader;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  /** Called when the server comes or goes, or when what it tells has changed. */
  readonly onChange: (state: ServerState) => void;
  /** Cadence of looking whether it takes connections, and of the first looks for one that is gone, ms. Default 1 s. */
  readonly pollEveryMs?: number;
  /** Least time between two readings while it does, ms. Default 2.5 s. */
  readonly inspectEveryMs?: number;
}

/** A server under watch. */
export interface ServerWatch {
  current(): ServerState;
  /** Resolves when the first poll has ended. */
  readonly firstPoll: Promise<void>;
  close(): void;
}

const POLL_EVERY_MS = 1_000;
const INSPECT_EVERY_MS = 2_500;
/** Readings without an answer in time before a server counts as gone: one that computes may answer late. */
const SILENT_READS_ALLOWED = 3;
/** A server that stays away is looked for less and less often, down to once in so many cadences. */
const LONGEST_BACKOFF = 10;

/** Looks every second whether a server takes connections and reads it every few seconds; one that is gone, ever less often. */
export function watchServer(dependencies: ServerWatchDependencies): ServerWatch {
  const { calls, reader, monotonic, onChange, pollEveryMs = POLL_EVERY_MS } = dependencies;
  const { inspectEveryMs = INSPECT_EVERY_MS } = dependencies;
  let state: ServerState = { isReachable: false, error: "it has not answered yet", isStarting: false, software: "" };
  let silentReads = 0;
  let failedReads = 0;
  let inspectedAt = Number.NEGATIVE_INFINITY;

  const become = (next: ServerState): void => {
    const isSame = isDeepStrictEqual(state, next);
    state = next;
    if (!isSame && !polling.isStopped()) onChange(next);
  };
  const inspect = async (): Promise<void> => {
    if (!state.isReachable) reader.forget();
    const reading = await reader.read();
    silentReads = 0;
    failedReads = 0;
    inspectedAt = monotonic();
    become({ isReachable: true, ...reading });
  };
  const look = async (): Promise<void> => {
    const isFresh = state.isReachable && silentReads === 0 && monotonic() - inspectedAt < inspectEveryMs;
    if (!isFresh || !(await calls.takesConnections())) await inspect();
  };
  const fail = (thrown: unknown): void => {
    const { kind, message: error } = asCallError(thrown);
    const isStarting = kind === "starting";
    silentReads = kind === "silent" ? silentReads + 1 : SILENT_READS_ALLOWED;
    failedReads = isStarting ? 0 : failedReads + 1;
    const isGone = !state.isReachable || silentReads >= SILENT_READS_ALLOWED;
    if (isGone) become({ isReachable: false, error, isStarting, software: state.software });
  };
  const pauseMs = (): number =>
    state.isReachable ? pollEveryMs : pollEveryMs * Math.min(LONGEST_BACKOFF, 2 ** Math.max(0, failedReads - 1));
  const polling = repeat(() => look().catch(fail), pauseMs);
  return { current: () => state, firstPoll: polling.firstRun, close: polling.stop };
}
