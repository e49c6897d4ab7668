import type { LoadedModel } from "@herd/shared";
import { asCallError } from "../backend-call.ts";
import { repeat } from "../repeat.ts";
import { createInventoryReader } from "./inventory-reader.ts";
import { type Inventory, loadedModelOf } from "./model-facts.ts";
import type { OllamaCalls } from "./ollama-calls.ts";

/** The local Ollama as it was seen last. */
export type OllamaState =
  | { readonly isReachable: false; readonly error: string }
  | {
      readonly isReachable: true;
      readonly version: string;
      readonly loaded: readonly LoadedModel[];
      readonly inventory: Inventory;
    };

/** What watching needs. */
export interface WatchDependencies {
  readonly calls: OllamaCalls;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  /** Called when Ollama comes or goes. */
  readonly onReachability: (state: OllamaState) => void;
  readonly onTrouble: (sentence: string, error: unknown) => void;
  /** Cadence of looking whether it takes connections, ms. Default 1 s. */
  readonly pollEveryMs?: number;
  /** Least time between two looks at what is in memory while it does, ms. Default 2.5 s. */
  readonly inspectEveryMs?: number;
}

/** An Ollama under watch. */
export interface OllamaWatch {
  current(): OllamaState;
  /** Resolves when the first poll has ended. */
  readonly firstPoll: Promise<void>;
  /** Reads the whole list of models anew with the next poll. */
  readInventoryAgain(): void;
  close(): void;
}

const POLL_EVERY_MS = 1_000;
const INSPECT_EVERY_MS = 2_500;
/** Polls without an answer in time before Ollama counts as gone; a refused connection counts at once. */
const SILENT_POLLS_ALLOWED = 2;

/**
 * Looks every second whether Ollama takes connections, which tells at once when it comes or goes, and reads what is in memory
 * every few seconds; version and list on disk less often.
 */
export function watchOllama(dependencies: WatchDependencies): OllamaWatch {
  const { calls, monotonic, onReachability, onTrouble, pollEveryMs = POLL_EVERY_MS } = dependencies;
  const { inspectEveryMs = INSPECT_EVERY_MS } = dependencies;
  const reader = createInventoryReader({ calls, monotonic, onTrouble });
  let state: OllamaState = { isReachable: false, error: "it has not answered yet" };
  let silentPolls = 0;
  let inspectedAt = Number.NEGATIVE_INFINITY;

  const become = (next: OllamaState): void => {
    const hasChanged = state.isReachable !== next.isReachable;
    state = next;
    if (hasChanged && !polling.isStopped()) onReachability(next);
  };
  const inspect = async (): Promise<void> => {
    const loaded = (await calls.loaded()).map(loadedModelOf);
    if (!state.isReachable) reader.forget();
    const names = loaded.map(({ name }) => name);
    await (state.isReachable ? reader.refreshIfPossible(names) : reader.refresh(names));
    silentPolls = 0;
    inspectedAt = monotonic();
    become({ isReachable: true, version: reader.version(), loaded, inventory: reader.inventory() });
  };
  const look = async (): Promise<void> => {
    const isFresh = state.isReachable && silentPolls === 0 && monotonic() - inspectedAt < inspectEveryMs;
    if (!isFresh || !(await calls.takesConnections())) await inspect();
  };
  const fail = (error: unknown): void => {
    const failure = asCallError(error);
    silentPolls = failure.kind === "silent" ? silentPolls + 1 : SILENT_POLLS_ALLOWED;
    if (silentPolls >= SILENT_POLLS_ALLOWED) become({ isReachable: false, error: failure.message });
  };
  const polling = repeat(
    () => look().catch(fail),
    () => pollEveryMs,
  );
  return {
    // Facts that were read since the last poll are shown at once.
    current: () => (state.isReachable ? { ...state, inventory: reader.inventory() } : state),
    firstPoll: polling.firstRun,
    readInventoryAgain: () => {
      reader.forget();
      inspectedAt = Number.NEGATIVE_INFINITY;
    },
    close: () => {
      polling.stop();
      reader.close();
    },
  };
}
