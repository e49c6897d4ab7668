import { InvalidArgumentError } from "commander";
import { parseModelName } from "../models/model-name.ts";
import type { SimulatedModel } from "../options.ts";

/** Weights of four bits and their scales: about this many bytes per parameter. */
const bytesPerParameter = 0.6;

/**
 * Reads `name:sizeGB`, for instance `llama3.1:8b:4.9`, and makes up the rest: an embedding model when the name says so,
 * else one that writes and calls tools. Throws commander's error for anything else.
 */
export function readModel(text: string): SimulatedModel {
  const colon = text.lastIndexOf(":");
  const name = text.slice(0, colon);
  const gigabytes = Number(text.slice(colon + 1));
  if (colon < 1 || !(gigabytes > 0) || parseModelName(name) === undefined) {
    throw new InvalidArgumentError("expected name:sizeGB, for instance llama3.1:8b:4.9");
  }
  const isEmbedding = /embed|minilm|bge/i.test(name);
  return {
    name,
    sizeBytes: Math.round(gigabytes * 1e9),
    capabilities: isEmbedding ? ["embedding"] : ["completion", "tools"],
    contextLength: isEmbedding ? 512 : 32_768,
    parameterSize: `${(gigabytes / bytesPerParameter).toFixed(1)}B`,
    quantization: "Q4_K_M",
    family: isEmbedding ? "bert" : "llama",
  };
}
