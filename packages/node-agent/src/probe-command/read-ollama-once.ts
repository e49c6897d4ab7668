import { createOllamaCalls } from "../backends/ollama/ollama-calls.ts";
import { type OllamaState, watchOllama } from "../backends/ollama/watch-ollama.ts";

/** Longest that the capabilities of all models are waited for, ms: they are asked one by one. */
const TRAITS_MS = 5_000;
const LOOK_EVERY_MS = 25;

/** Reads the Ollama of this machine once, with what its models can do. Never rejects. */
export async function readOllamaOnce(host: string, monotonic: () => number): Promise<OllamaState> {
  const calls = createOllamaCalls(host);
  const nobody = (): void => undefined;
  const watch = watchOllama({ calls, monotonic, onReachability: nobody, onTrouble: nobody });
  await watch.firstPoll;
  const until = monotonic() + TRAITS_MS;
  while (lacksTraits(watch.current()) && monotonic() < until) await pause(LOOK_EVERY_MS);
  const state = watch.current();
  watch.close();
  await calls.close();
  return state;
}

const lacksTraits = (state: OllamaState): boolean =>
  state.isReachable && Object.values(state.inventory.facts).some(({ capabilities }) => capabilities === undefined);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
