import type { SimulatedModel } from "../options.ts";

/** Well-known models with about their real sizes: what can be pulled unless a catalogue is given. */
export const defaultCatalogue: readonly SimulatedModel[] = [
  chat("llama3.2:1b", { gigabytes: 1.32, parameterSize: "1.2B", quantization: "Q8_0", contextLength: 131_072 }),
  chat("llama3.2:3b", { gigabytes: 2.02, parameterSize: "3.2B", contextLength: 131_072 }),
  chat("llama3.2", { gigabytes: 2.02, parameterSize: "3.2B", contextLength: 131_072 }),
  chat("llama3.1:8b", { gigabytes: 4.92, parameterSize: "8.0B", contextLength: 131_072 }),
  chat("llama3.3:70b", { gigabytes: 42.5, parameterSize: "70.6B", contextLength: 131_072 }),
  chat("qwen2.5-coder:7b", { gigabytes: 4.68, parameterSize: "7.6B", family: "qwen2", more: ["tools", "insert"] }),
  chat("qwen3:8b", { gigabytes: 5.23, parameterSize: "8.2B", family: "qwen3", more: ["tools", "thinking"] }),
  chat("qwen3:32b", { gigabytes: 20.2, parameterSize: "32.8B", family: "qwen3", more: ["tools", "thinking"] }),
  chat("gemma3:4b", {
    gigabytes: 3.34,
    parameterSize: "4.3B",
    family: "gemma3",
    more: ["vision"],
    contextLength: 131_072,
  }),
  chat("mistral:7b", { gigabytes: 4.37, parameterSize: "7.2B" }),
  chat("deepseek-r1:8b", {
    gigabytes: 5.23,
    parameterSize: "8.2B",
    family: "qwen3",
    more: ["thinking"],
    contextLength: 131_072,
  }),
  embedding("nomic-embed-text", { megabytes: 274, parameterSize: "137M", family: "nomic-bert", contextLength: 2048 }),
  embedding("bge-m3", { megabytes: 1157, parameterSize: "566.70M", family: "bert", contextLength: 8192 }),
];

interface ChatSize {
  readonly gigabytes: number;
  readonly parameterSize: string;
  readonly quantization?: string;
  readonly family?: string;
  /** Beside `completion`. */
  readonly more?: readonly string[];
  readonly contextLength?: number;
}

function chat(name: string, size: ChatSize): SimulatedModel {
  return {
    name,
    sizeBytes: Math.round(size.gigabytes * 1e9),
    capabilities: ["completion", ...(size.more ?? ["tools"])],
    contextLength: size.contextLength ?? 32_768,
    parameterSize: size.parameterSize,
    quantization: size.quantization ?? "Q4_K_M",
    family: size.family ?? "llama",
  };
}

interface EmbeddingSize {
  readonly megabytes: number;
  readonly parameterSize: string;
  readonly family: string;
  readonly contextLength: number;
}

function embedding(name: string, size: EmbeddingSize): SimulatedModel {
  const { megabytes, ...rest } = size;
  return { name, sizeBytes: megabytes * 1e6, capabilities: ["embedding"], quantization: "F16", ...rest };
}
