import type { NeutralRequest, NeutralSampling } from "../neutral.ts";
import { readChatMessages } from "./chat-messages.ts";
import {
  childOf,
  type Fields,
  flagOf,
  integerOf,
  isObject,
  listOf,
  numberOf,
  objectOf,
  rejectMember,
  textOf,
} from "./fields.ts";
import { chatCompletionRules, decodeWith } from "./member-rules.ts";
import {
  readChoices,
  readEffort,
  readExtraSampling,
  readFunctionTools,
  readSchema,
  readStop,
  readToolChoice,
  tokenLimit,
} from "./openai-values.ts";

/** Temperature and top_p where a client names none: so Ollama calls its own models on OpenAI's routes. */
const DEFAULT_WARMTH = 1;

/** Reads a body of `/v1/chat/completions`. */
export const decodeChatCompletion = decodeWith(chatCompletionRules, (fields) => {
  judgeModalities(fields);
  return {
    isStream: flagOf(fields, "stream") ?? false,
    wantsUsage: readWantsUsage(fields),
    messages: readChatMessages(fields),
    tools: readFunctionTools(fields),
    toolChoice: readToolChoice(fields, (choice) => {
      const named = choice.get("function");
      return isObject(named) ? named["name"] : undefined;
    }),
    parallelToolCalls: flagOf(fields, "parallel_tool_calls"),
    choices: readChoices(fields),
    format: readFormat(fields),
    thinking: readThinking(fields),
    logprobs: readLogprobs(fields),
    sampling: readSampling(fields),
  };
});

/** `stream_options.include_usage`. */
export const readWantsUsage = (fields: Fields): boolean => {
  const streaming = childOf(fields, "stream_options");
  return streaming !== undefined && (flagOf(streaming, "include_usage") ?? false);
};

const readSampling = (fields: Fields): NeutralSampling => ({
  ...readExtraSampling(fields),
  temperature: numberOf(fields, "temperature") ?? DEFAULT_WARMTH,
  topP: numberOf(fields, "top_p") ?? DEFAULT_WARMTH,
  seed: integerOf(fields, "seed"),
  stop: readStop(fields),
  maxTokens: tokenLimit(integerOf(fields, "max_tokens") ?? integerOf(fields, "max_completion_tokens")),
  frequencyPenalty: numberOf(fields, "frequency_penalty"),
  presencePenalty: numberOf(fields, "presence_penalty"),
  logitBias: objectOf(fields, "logit_bias"),
});

const judgeModalities = (fields: Fields): void => {
  const isOther = listOf(fields, "modalities").some((modality) => modality !== "text");
  if (isOther) rejectMember(fields, "modalities", "only text can be answered");
};

const readFormat = (fields: Fields): NeutralRequest["format"] => {
  const wanted = childOf(fields, "response_format");
  const type = wanted && textOf(wanted, "type")?.trim().toLowerCase();
  if (wanted === undefined || type === undefined || type === "" || type === "text") return undefined;
  if (type === "json_object") return { kind: "json" };
  if (type === "json_schema") return readSchema(childOf(wanted, "json_schema"), wanted, "json_schema");
  return rejectMember(wanted, "type", "must be text, json_object or json_schema");
};

/** The object goes before the plain member. */
const readThinking = (fields: Fields): NeutralRequest["thinking"] => {
  const reasoning = childOf(fields, "reasoning");
  const effort = reasoning === undefined ? textOf(fields, "reasoning_effort") : textOf(reasoning, "effort");
  return readEffort(fields, effort, (wrong) => `'${wrong}'`);
};

const readLogprobs = (fields: Fields): NeutralRequest["logprobs"] => {
  const top = integerOf(fields, "top_logprobs") ?? 0;
  return flagOf(fields, "logprobs") === true ? { top } : undefined;
};
