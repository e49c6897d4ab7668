import type { BenchmarkTarget, WorkType } from "./benchmark-order.ts";
import type { Sample } from "./step-result.ts";

/** How one request is sent. */
export interface Sending {
  /** The router's own address. */
  readonly url: string;
  readonly target: BenchmarkTarget;
  readonly outputTokens: number;
  readonly signal: AbortSignal;
  /** ms, never going back. */
  readonly now: () => number;
  /** Makes each prompt another one, so that nothing is remembered from the last. */
  readonly seed: number;
}

/** A model that was not in memory before leaves it soon after the run. */
const SHORT_STAY = "30s";

const TOPICS = ["rivers", "bridges", "clocks", "gardens", "ships", "letters", "maps", "bread"] as const;

interface Call {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

const calls: Readonly<Record<WorkType, (sending: Sending) => Call>> = {
  llm: ({ target, outputTokens, seed }) => ({
    path: "/api/chat",
    body: {
      model: target.model,
      messages: [
        { role: "user", content: `${seed}: Tell me about ${TOPICS[seed % TOPICS.length]} in a few sentences.` },
      ],
      options: { num_predict: outputTokens },
      stream: true,
      ...stayOf(target),
    },
  }),
  embed: ({ target, seed }) => ({
    path: "/api/embed",
    body: { model: target.model, input: TOPICS.map((topic) => `${seed} ${topic}`), ...stayOf(target) },
  }),
  image: ({ target, seed }) => ({
    path: "/v1/images/generations",
    body: { model: target.model, prompt: `${TOPICS[seed % TOPICS.length]}, ${seed}`, size: "512x512", steps: 4 },
  }),
};

const stayOf = ({ wasLoaded }: BenchmarkTarget) => (wasLoaded ? {} : { keep_alive: SHORT_STAY });

/** Sends one request the way a client would, to one node, marked so that it counts as no use. Never rejects. */
export async function sendRequest(sending: Sending): Promise<Sample> {
  const { url, target, signal, now } = sending;
  const { path, body } = calls[target.type](sending);
  const began = now();
  const failed = (error: string, requestId?: string): Sample => ({
    isOk: false,
    sentAt: began,
    latencyMs: now() - began,
    firstTokenMs: undefined,
    promptTokens: 0,
    outputTokens: 0,
    error,
    requestId,
  });
  try {
    const headers = { "content-type": "application/json", "x-herd-tags": "benchmark", "x-herd-node": target.nodeId };
    const options = { method: "POST", headers: { ...headers, "x-herd-fallback": "never" }, signal };
    const response = await fetch(url + path, { ...options, body: JSON.stringify(body) });
    const requestId = response.headers.get("x-request-id") ?? undefined;
    if (!response.ok) return failed(`${response.status}: ${(await response.text()).slice(0, 200)}`, requestId);
    const read = await readAnswer(response, () => now() - began);
    const latencyMs = now() - began;
    return read.error === undefined
      ? { isOk: true, sentAt: began, latencyMs, requestId, ...read }
      : failed(read.error, requestId);
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  }
}

interface Answer {
  readonly firstTokenMs: number | undefined;
  readonly promptTokens: number;
  readonly outputTokens: number;
  readonly error?: string | undefined;
}

/** Reads records line by line; the last one has the counts. An answer in one piece is one line. */
async function readAnswer(response: Response, sinceSending: () => number): Promise<Answer> {
  const isStream = response.headers.get("content-type")?.includes("ndjson") === true;
  let firstTokenMs: number | undefined;
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    if (isStream) firstTokenMs ??= sinceSending();
    text += decoder.decode(chunk, { stream: true });
    // Only the last record is needed: what lies before it goes.
    const end = text.trimEnd().lastIndexOf("\n");
    if (isStream && end > 0) text = text.slice(end + 1);
  }
  const last = recordOf(text);
  const error = errorOf(last, isStream);
  return {
    firstTokenMs,
    promptTokens: countOf(last["prompt_eval_count"]),
    outputTokens: countOf(last["eval_count"]),
    ...(error === undefined ? {} : { error }),
  };
}

function errorOf(last: Readonly<Record<string, unknown>>, isStream: boolean): string | undefined {
  if (typeof last["error"] === "string") return last["error"];
  return isStream && last["done"] !== true ? "the answer ended too early" : undefined;
}

function recordOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? (read as Record<string, unknown>) : {};
  } catch {
    // What cannot be read has no counts; a stream is then told to have ended too early.
    return {};
  }
}

const countOf = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);
