import type { NeutralRequest, NeutralSampling } from "../neutral.ts";
import { readWantsUsage } from "./chat-completions-request.ts";
import { type Fields, flagOf, integerOf, numberOf, objectOf, textOf } from "./fields.ts";
import { completionRules, decodeWith } from "./member-rules.ts";
import { readChoices, readExtraSampling, readStop, tokenLimit } from "./openai-values.ts";

/**
 * Reads a body of `/v1/completions`. Ollama puts such a prompt into the model's template, so it is not marked as raw; an
 * empty one asks for a load.
 */
export const decodeCompletion = decodeWith(completionRules, (fields) => ({
  isStream: flagOf(fields, "stream") ?? false,
  wantsUsage: readWantsUsage(fields),
  messages: [],
  prompt: textOf(fields, "prompt") || undefined,
  suffix: textOf(fields, "suffix") || undefined,
  tools: [],
  choices: readChoices(fields),
  logprobs: readLogprobs(fields),
  sampling: readSampling(fields),
}));

/** Ollama sets each of the first four on this route, also where a client names none; a top_p of zero counts as none. */
const readSampling = (fields: Fields): NeutralSampling => ({
  ...readExtraSampling(fields),
  temperature: numberOf(fields, "temperature") ?? 1,
  topP: numberOf(fields, "top_p") || 1,
  frequencyPenalty: numberOf(fields, "frequency_penalty") ?? 0,
  presencePenalty: numberOf(fields, "presence_penalty") ?? 0,
  seed: integerOf(fields, "seed"),
  stop: readStop(fields),
  maxTokens: tokenLimit(integerOf(fields, "max_tokens")),
  logitBias: objectOf(fields, "logit_bias"),
});

/** Here it is the number of alternatives. */
const readLogprobs = (fields: Fields): NeutralRequest["logprobs"] => {
  const top = integerOf(fields, "logprobs") ?? 0;
  return top > 0 ? { top } : undefined;
};
