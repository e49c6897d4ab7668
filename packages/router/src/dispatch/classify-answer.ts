import type { FailureClass } from "../domain/outcome.ts";

/** Texts of Ollama (up to 0.24 and from 0.30) that say a model does not fit or cannot be loaded by this version. */
const LOAD_FAILURES = [
  "requires more system memory",
  "out of memory",
  "out-of-memory",
  "model failed to load",
  "timed out waiting for llama",
  "this model may be incompatible with your version of ollama",
  "this model is not supported by your version of ollama",
  "unable to load model",
];

/** Texts that say the runner died or misbehaved. */
const NODE_FAULTS = [
  "model runner has unexpectedly stopped",
  "runner process has terminated",
  "llama-server process",
  "an error was encountered while running the model",
  "error unmarshalling llama-server response",
  "error reading llama-server response",
  "llama-server binary not found",
  "error starting llama-server",
  "stream event exceeded",
  "health resp:",
];

/** The start of the text with which Ollama answers 400 when its own call to a runner that embeds has failed. */
const EMBEDDING_DIED = "do embedding request: post";

/** How servers of OpenAI's API say that they do not have a model, beside "not found". */
const NOT_THERE = ["not found", "does not exist"];

/** Texts that say too many requests wait there. */
const BUSY = ["server busy", "llm busy", "no slots available"];

/** Errors with status 500 that the same request would meet everywhere. */
const CALLERS_FAULT_500 = [
  "must be of type",
  "invalid format",
  "error parsing tool call",
  "invalid tool call arguments",
  "image input is not supported",
  "audio input is not supported",
];

/** An answer with an error status, as a node gave it. */
export interface ErrorAnswer {
  readonly status: number;
  /** Beginning of the body, as text. */
  readonly text: string;
}

const says = (lower: string, texts: readonly string[]): boolean => texts.some((part) => lower.includes(part));

/** Ollama is not signed in to its cloud, or has it switched off. */
const isWithoutCloud = (status: number, lower: string): boolean =>
  (status === 401 && lower.includes("signin_url")) || (status === 403 && lower.includes("ollama cloud is disabled"));

interface Rule {
  readonly failureClass: FailureClass;
  readonly applies: (status: number, lower: string) => boolean;
}

/** The first rule that applies decides. */
const rules: readonly Rule[] = [
  { failureClass: "busy", applies: (status) => status === 429 },
  { failureClass: "stale-inventory", applies: (status, lower) => status === 403 && lower === "" },
  {
    failureClass: "stale-inventory",
    applies: (status, lower) => status === 404 && says(lower, ["model"]) && says(lower, NOT_THERE),
  },
  { failureClass: "node-fault", applies: (status, lower) => status === 400 && lower.includes(EMBEDDING_DIED) },
  { failureClass: "unsuited", applies: (status, lower) => isWithoutCloud(status, lower) },
  { failureClass: "node-fault", applies: (status) => status === 499 },
  { failureClass: "callers-fault", applies: (status) => status < 500 || status === 501 },
  // Before the others, because these quote what the client or the model wrote.
  { failureClass: "callers-fault", applies: (_status, lower) => says(lower, CALLERS_FAULT_500) },
  { failureClass: "busy", applies: (_status, lower) => says(lower, BUSY) },
  { failureClass: "load-failure", applies: (_status, lower) => says(lower, LOAD_FAILURES) },
  { failureClass: "node-fault", applies: (_status, lower) => says(lower, NODE_FAULTS) },
  { failureClass: "busy", applies: (status) => status === 503 },
];

/** Tells whose fault an error answer is. The body is matched without regard to case. */
export function classifyAnswer({ status, text }: ErrorAnswer): FailureClass {
  const lower = text.toLowerCase();
  return rules.find((rule) => rule.applies(status, lower))?.failureClass ?? "node-fault";
}
