import type { SimulatedModel } from "@herd/simulated-ollama";

/** A chat model of 2 GiB for a simulated Ollama. Equal names are equal models, on every node. */
export const smallModel = (name: string): SimulatedModel => ({
  name,
  sizeBytes: 2 * 2 ** 30,
  capabilities: ["completion", "tools"],
  contextLength: 8192,
  parameterSize: "3.2B",
  quantization: "Q4_K_M",
  family: "llama",
});
