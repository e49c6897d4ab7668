import type { Logger } from "pino";
import { findOllamaStart } from "./find-ollama-start.ts";
import { modelsFolderOf } from "./models-folder.ts";
import { createOllamaCalls } from "./ollama-calls.ts";
import { type Environment, type OllamaStart, ollamaStartOf } from "./ollama-environment.ts";
import { type OllamaState, watchOllama } from "./watch-ollama.ts";

/** The Ollama of this machine: how it is and how it was started. */
export interface LocalOllama {
  current(): OllamaState;
  start(): OllamaStart;
  /** Folder of its models; undefined while none of the likely ones is known to exist. */
  modelsFolder(): string | undefined;
  /** Resolves when it was asked for the first time. */
  readonly firstPoll: Promise<void>;
  readInventoryAgain(): void;
  close(): Promise<void>;
}

/** What looking after the local Ollama needs. */
export interface LocalOllamaDependencies {
  readonly host: string;
  /** The agent's own variables, which count where Ollama's cannot be read. */
  readonly environment: Environment;
  /** ms on a monotonic clock. */
  readonly monotonic: () => number;
  readonly onReachability: () => void;
  readonly log: Logger;
}

/** An Ollama may be started anew, with other variables, faster than a poll notices. */
const LOOK_AGAIN_MS = 60_000;

/** Watches the local Ollama, and says in the log when it comes and goes. */
export function openLocalOllama(dependencies: LocalOllamaDependencies): LocalOllama {
  const { host, environment, monotonic, log } = dependencies;
  const calls = createOllamaCalls(host);
  let start = ollamaStartOf(undefined, environment);
  const look = async (): Promise<void> => {
    start = await findOllamaStart(host, environment);
  };
  const watch = watchOllama({
    calls,
    monotonic,
    onTrouble: (sentence, error) => log.warn({ exception: error }, sentence),
    onReachability: (state) => {
      tell(log, host, state);
      void look();
      dependencies.onReachability();
    },
  });
  void look();
  const timer = setInterval(() => void look(), LOOK_AGAIN_MS).unref();
  void watch.firstPoll.then(() => {
    const state = watch.current();
    if (!state.isReachable) tell(log, host, state);
  });
  const close = async (): Promise<void> => {
    clearInterval(timer);
    watch.close();
    await calls.close();
  };
  return {
    current: watch.current,
    start: () => start,
    modelsFolder: () => modelsFolderOf(start),
    firstPoll: watch.firstPoll,
    readInventoryAgain: watch.readInventoryAgain,
    close,
  };
}

function tell(log: Logger, host: string, state: OllamaState): void {
  if (!state.isReachable) {
    log.warn(`Ollama at ${host} cannot be used (${state.error}); it is reported as soon as it answers`);
    return;
  }
  const count = state.inventory.names.length;
  log.info(`Ollama ${state.version} at ${host} with ${count} ${count === 1 ? "model" : "models"}`);
}
