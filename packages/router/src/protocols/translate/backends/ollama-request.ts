import type { EncodeRequest, Json, JsonObject, NeutralRequest, NeutralSampling, ThinkingWish } from "../neutral.ts";
import { argumentsOf, ollamaMessages, toolsOf } from "./ollama-messages.ts";
import { filled, present } from "./present.ts";

/** Conversations in the words of Ollama's `/api/chat`. */
export const encodeOllamaChat: EncodeRequest = (request) => {
  const untranslatable = obstacleTo(request);
  if (untranslatable !== undefined) return { untranslatable };
  const tools = request.toolChoice === "none" ? [] : request.tools;
  const body = present({
    messages: ollamaMessages(request.messages),
    tools: filled(toolsOf(tools)),
    ...sharedMembers(request),
  });
  return { body, ignored: ignoredWith(request) };
};

/** Plain completions in the words of Ollama's `/api/generate`. */
export const encodeOllamaGenerate: EncodeRequest = (request) => {
  const untranslatable = obstacleTo(request);
  if (untranslatable !== undefined) return { untranslatable };
  const body = present({
    prompt: request.prompt ?? "",
    suffix: request.suffix,
    raw: request.native?.isRaw,
    template: request.native?.template,
    ...sharedMembers(request),
  });
  return { body, ignored: [] };
};

/** What Ollama has no words for; its own other routes would silently do without. */
const obstacleTo = (request: NeutralRequest): string | undefined => {
  const { toolChoice, sampling, choices } = request;
  if (choices !== undefined && choices > 1) return "n: Ollama gives one answer to a request";
  if (Object.keys(sampling.logitBias ?? {}).length > 0) return "logit_bias: it has no counterpart in Ollama's API";
  if (request.tools.length > 0 && (toolChoice === "required" || typeof toolChoice === "object")) {
    return "tool_choice: Ollama cannot be made to call a tool";
  }
  const isBroken = request.messages.some(({ toolCalls }) => toolCalls.some((call) => argumentsOf(call) === undefined));
  return isBroken ? "tool_calls: the arguments of a call are no JSON object" : undefined;
};

/** Ollama may call several tools at once whatever is said, and keeps to schemas of answers only. */
const ignoredWith = ({ tools, parallelToolCalls, toolChoice }: NeutralRequest): readonly string[] => {
  if (tools.length === 0 || toolChoice === "none") return [];
  return [
    ...(parallelToolCalls === false ? ["parallel_tool_calls"] : []),
    ...(tools.some(({ strict }) => strict === true) ? ["strict"] : []),
  ];
};

const sharedMembers = (request: NeutralRequest): Readonly<Record<string, Json | undefined>> => {
  const options = { ...request.native?.options, ...samplingOptions(request.sampling) };
  return {
    stream: request.isStream,
    format: request.format?.kind === "json" ? "json" : request.format?.schema,
    think: thinkOf(request.thinking),
    logprobs: request.logprobs === undefined ? undefined : true,
    top_logprobs: request.logprobs?.top || undefined,
    keep_alive: request.native?.keepAlive,
    options: Object.keys(options).length === 0 ? undefined : options,
    ...request.native?.members,
  };
};

/** Ollama's lowest level is `low`. */
const thinkOf = (wish: ThinkingWish | undefined): boolean | string | undefined => (wish === "minimal" ? "low" : wish);

const samplingOptions = (sampling: NeutralSampling): JsonObject =>
  present({
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    typical_p: sampling.typicalP,
    seed: sampling.seed,
    stop: filled(sampling.stop),
    num_predict: sampling.maxTokens,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    repeat_penalty: sampling.repeatPenalty,
    repeat_last_n: sampling.repeatLastN,
  });
