import { z } from "zod";
import type { ContractExamples } from "./example.ts";

export const traceStatus = z.enum(["completed", "no_output", "failed", "incomplete", "client_disconnected", "retried"]);

/** One request as stored: the predecessor's columns first, then ours. Times are milliseconds unless said otherwise. */
export const traceView = z.object({
  request_id: z.string().describe("Id of the request, as in X-Request-Id"),
  model: z.string().describe("Model that served it"),
  original_model: z.string().describe("Model that was asked for"),
  node_id: z.string().describe("Empty when none was reached"),
  score: z.number().nullable().describe("The winner's weighted sum"),
  scores_breakdown: z.record(z.string(), z.number()).nullable().describe("Points per signal, and total"),
  status: traceStatus.describe("How it ended; retried stands in rows of the predecessor only"),
  latency_ms: z.number().nullable().describe("Arrival to last byte"),
  time_to_first_token_ms: z.number().nullable().describe("Arrival to first body byte"),
  prompt_tokens: z.int().nullable().describe("Tokens of the prompt; null when no reply was read"),
  completion_tokens: z.int().nullable().describe("Tokens of the output; null when no reply was read"),
  retry_count: z.int().nonnegative().describe("Attempts after the first"),
  fallback_used: z.boolean().describe("Another model than the requested one served"),
  excluded_nodes: z.array(z.string()).nullable().describe("Nodes on which an attempt failed"),
  client_ip: z.string().nullable().describe("Address of the client"),
  original_format: z.string().nullable().describe("Dialect: ollama, openai or anthropic"),
  error_message: z.string().nullable().describe("What went wrong; null when nothing did"),
  timestamp: z.number().describe("End of the request, Unix epoch seconds"),
  tags: z.array(z.string()).nullable().describe("Tags of the request, its user as user:NAME"),
  finish_reason: z.string().nullable().describe("Why the model stopped, as the node told"),
  estimated_tokens: z.int().nullable().describe("Prompt tokens as estimated before the run"),
  endpoint: z.string().nullable().describe("Path that was called"),
  is_stream: z.boolean().nullable().describe("The reply was asked for record by record"),
  error_code: z.string().nullable().describe("Code of the catalogue"),
  error_class: z.string().nullable().describe("Which kind of failure"),
  http_status: z.int().nullable().describe("Status the client was sent; null when it left before"),
  queue_wait_ms: z.number().nullable().describe("Time spent waiting for a slot"),
  overhead_ms: z.number().nullable().describe("The router's own time"),
  load_ms: z.number().nullable().describe("Model load, as the node reported it"),
  prefill_ms: z.number().nullable().describe("Reading the prompt, as the node reported it"),
  decode_ms: z.number().nullable().describe("Writing the output, as the node reported it"),
  tokens_per_s: z.number().nullable().describe("Output tokens per second of decoding"),
  tokens_estimated: z.boolean().nullable().describe("The token counts are estimates"),
  edits: z.array(z.string()).nullable().describe("Changes the router made to the request"),
  simulated: z.boolean().describe("A request for the demo; nothing is learned from it"),
  kind: z.string().nullable().describe("What was wanted: chat, generate, embed, transcribe, image …"),
  traffic: z
    .string()
    .nullable()
    .describe("null for real work, else demo, benchmark or briefing: those never count as use"),
  backend: z.string().nullable().describe("Backend of the node that the last attempt went to"),
  client_key: z.string().nullable().describe("Name of the client's key; null without one"),
  prefix_hit: z.number().nullable().describe("Share of the prompt, 0 to 1, that the node was expected to remember"),
  joules: z.number().nullable().describe("Energy that it took"),
  joules_estimated: z
    .boolean()
    .nullable()
    .describe("The energy comes from the hardware's class, not from a measurement"),
});

export type TraceStatus = z.infer<typeof traceStatus>;
export type TraceView = z.infer<typeof traceView>;

export const traceViewExamples: ContractExamples = {
  accepted: {
    request_id: "r-1",
    model: "gemma3:4b",
    original_model: "gemma3:4b",
    node_id: "mac-mini",
    score: 88.5,
    scores_breakdown: { thermal: 50, total: 88.5 },
    status: "completed",
    latency_ms: 900,
    time_to_first_token_ms: 120,
    prompt_tokens: 20,
    completion_tokens: 64,
    retry_count: 0,
    fallback_used: false,
    excluded_nodes: null,
    client_ip: "192.168.1.30",
    original_format: "ollama",
    error_message: null,
    timestamp: 1_790_000_000.5,
    tags: null,
    finish_reason: "stop",
    estimated_tokens: 18,
    endpoint: "/api/chat",
    is_stream: true,
    error_code: null,
    error_class: null,
    http_status: 200,
    queue_wait_ms: 0,
    overhead_ms: 0.4,
    load_ms: 20,
    prefill_ms: 80,
    decode_ms: 700,
    tokens_per_s: 91.4,
    tokens_estimated: false,
    edits: null,
    simulated: false,
    kind: "chat",
    traffic: null,
    backend: "ollama",
    client_key: null,
    prefix_hit: null,
    joules: 41.5,
    joules_estimated: true,
  },
  rejected: { request_id: "r-1", status: "done" },
};
