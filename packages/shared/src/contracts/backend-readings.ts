import { z } from "zod";
import { gib } from "./gib.ts";

/** A model in a backend's memory, from `/api/ps`. */
export const loadedModel = z.object({
  name: z.string().min(1).describe("Name as the backend shows it"),
  size_gb: gib.describe("Weights and cache in memory, GiB"),
  requests_active: z
    .int()
    .nonnegative()
    .default(0)
    .describe("Requests being computed, 0 when the backend does not tell"),
  parameter_size: z.string().default("").describe('As the backend names it, for example "30.5B"'),
  quantization: z.string().default("").describe('For example "Q4_K_M"'),
  context_length: z.int().nonnegative().default(0).describe("Tokens of context it was loaded with; 0 unknown"),
  size_vram_gb: gib.optional().describe("Part of size_gb that lies in GPU memory, GiB"),
  digest: z.string().optional().describe("64 hex digits of the manifest, no prefix"),
  expires_at: z.string().optional().describe("When it will be unloaded, RFC 3339"),
  runner: z.string().optional().describe("Which inference program runs it"),
});

/** Facts about a model on disk. */
export const availableModelFacts = z.object({
  modified_at: z.string().optional().describe("RFC 3339"),
  digest: z.string().optional().describe("64 hex digits of the manifest, no prefix"),
  format: z.string().optional().describe("For example gguf"),
  family: z.string().optional().describe("Architecture family"),
  families: z.array(z.string()).nullish().describe("All families"),
  parameter_size: z.string().optional().describe('For example "30.5B"'),
  quantization_level: z.string().optional().describe('For example "Q4_K_M"'),
  parent_model: z.string().optional().describe("Model it was made from"),
  capabilities: z
    .array(z.string())
    .optional()
    .describe("completion, tools, insert, vision, embedding, thinking, image, audio"),
  context_max: z.int().positive().optional().describe("Context the model was trained for, tokens"),
  remote_host: z.string().optional().describe("Set when the name only stands for a model that runs at this URL"),
});

/** The local Ollama as a heartbeat shows it (the predecessor's form, with additions). */
export const ollamaReading = z.object({
  models_loaded: z.array(loadedModel).default([]).describe("What is in memory"),
  models_available: z.array(z.string()).default([]).describe("Names on disk"),
  requests_active: z.int().nonnegative().default(0).describe("Requests being computed"),
  models_available_meta: z
    .record(z.string(), availableModelFacts)
    .nullish()
    .describe("Facts per name on disk; null or absent = as last sent"),
  models_available_sizes: z
    .record(z.string(), gib)
    .nullish()
    .describe("GiB on disk per name; null or absent = as last sent"),
  max_loaded_models: z.int().nonnegative().optional().describe("OLLAMA_MAX_LOADED_MODELS; 0 unknown"),
  num_parallel: z.int().nonnegative().optional().describe("Requests the backend computes at once per model; 0 unknown"),
  version: z.string().optional().describe("Version of the backend"),
  backend_clients: z.array(z.unknown()).optional().describe("Programs seen talking to the backend directly"),
  reachable: z.boolean().optional().describe("false when the backend did not answer; absent counts as true"),
  error: z.string().optional().describe("Why it did not answer"),
});

/** A model that a server with OpenAI's API offers. */
export const servedModel = z.object({
  name: z.string().min(1).max(512).describe("Its id as the server calls it, which every call to it must carry"),
  is_loaded: z
    .boolean()
    .default(true)
    .describe("It is in memory; such servers keep what they list there unless they say otherwise"),
  size_gb: gib.optional().describe("Weights, GiB"),
  context_length: z.int().nonnegative().default(0).describe("Tokens of context one request can have; 0 unknown"),
  context_max: z.int().positive().optional().describe("Context the model was trained for, tokens"),
  capabilities: z.array(z.string()).optional().describe("As in the facts of a model on disk; absent = not known"),
  format: z.string().optional().describe("For example gguf"),
  family: z.string().optional().describe("Architecture family"),
  parameter_size: z.string().optional().describe('For example "30.5B"'),
  quantization_level: z.string().optional().describe('For example "Q4_K_M"'),
  modified_at: z.string().optional().describe("When the agent saw it first, RFC 3339: such servers tell no time of it"),
});

/** One inference server on a node, as reached through the node's gateway. */
export const backendReading = z.object({
  kind: z.enum(["ollama", "openai-compatible"]).describe("Which program it is"),
  path: z
    .string()
    .regex(/^\/[a-z0-9][a-z0-9-]{0,62}$/)
    .describe("First path segment on the node's gateway that leads to it, for example /ollama"),
  version: z.string().default("").describe("Its version; empty when unknown"),
  models: z.array(z.string()).default([]).describe("Names it serves"),
  is_reachable: z.boolean().default(true).describe("It answered the last probe"),
  software: z.string().optional().describe("Name of the program, for example llama-server; absent = not known"),
  url: z
    .string()
    .optional()
    .describe("Where it is as seen from the node; a claim, used on the router's own machine only"),
  served: z
    .array(servedModel)
    .optional()
    .describe("What it offers, with facts; absent for Ollama, whose models stand in `ollama`"),
  parallelism: z.int().nonnegative().optional().describe("Requests it computes at once; 0 or absent = not known"),
  error: z.string().optional().describe("Why it did not answer the last probe"),
  is_starting: z.boolean().optional().describe("true: it answered that it is still loading its model"),
});

/** The authenticated port through which the router reaches the backends of a node. */
export const gatewayReading = z.object({
  port: z.int().min(1).max(65_535).describe("TCP port on the node"),
});

export type LoadedModel = z.infer<typeof loadedModel>;
export type AvailableModelFacts = z.infer<typeof availableModelFacts>;
export type OllamaReading = z.infer<typeof ollamaReading>;
export type ServedModel = z.infer<typeof servedModel>;
export type BackendReading = z.infer<typeof backendReading>;
export type GatewayReading = z.infer<typeof gatewayReading>;
