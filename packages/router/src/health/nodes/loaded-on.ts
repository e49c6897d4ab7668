import type { Heartbeat } from "@herd/shared";

/** The model that takes most of a machine's memory, as its Ollama names it; undefined where none is loaded. */
export const largestLoaded = ({ ollama }: Heartbeat): string | undefined =>
  ollama.models_loaded.toSorted((one, other) => other.size_gb - one.size_gb)[0]?.name;
