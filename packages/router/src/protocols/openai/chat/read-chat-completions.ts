import type { Draft } from "../../reading/draft.ts";
import {
  readFallbackModels,
  readMaxTokens,
  readMetadata,
  readName,
  readPlainStream,
  readTopLogprobs,
  readUser,
} from "../../reading/fields.ts";
import { createObjectReader } from "../../reading/object-reader.ts";
import type { Refusal } from "../../reading/read-result.ts";
import { createReader } from "../create-reader.ts";
import {
  alternativeFields,
  conversationFields,
  foreignFields,
  isFilled,
  isListBeyond,
  isTextBut,
  readIgnored,
} from "../ignored-fields.ts";
import { refuseUnreadable, refuseWithoutModel } from "../refuse.ts";
import { readEffort, toolFields } from "../tool-fields.ts";
import { judgeTopLogprobs } from "../top-logprobs.ts";
import { readMessages } from "./messages-field.ts";
import { chatCompletionType } from "./request-types.ts";

const ignoredFields = {
  ...foreignFields,
  ...alternativeFields,
  ...conversationFields,
  // The successor of `max_tokens` bounds nothing on Ollama, so it is no output limit either.
  max_completion_tokens: readIgnored("max_completion_tokens"),
  modalities: readIgnored("modalities", isListBeyond("text")),
  audio: readIgnored("audio"),
  functions: readIgnored("functions", isFilled),
  function_call: readIgnored("function_call", isTextBut("none", "auto")),
  verbosity: readIgnored("verbosity", isTextBut("medium")),
  web_search_options: readIgnored("web_search_options"),
};

/** Ollama's order: absent messages, then the range of `top_logprobs`, which another layer looks at. */
const judgeFields = (draft: Draft): Refusal | undefined =>
  draft.hasPrompt ? judgeTopLogprobs(draft.topLogprobs) : refuseUnreadable("[] is too short - 'messages'");

/** Bodies of `/v1/chat/completions`. */
export const chatCompletionsReader = createReader({
  fields: {
    ...ignoredFields,
    ...toolFields,
    model: readName("model"),
    messages: readMessages,
    stream: readPlainStream,
    reasoning: createObjectReader<Draft>({ effort: readEffort }),
    reasoning_effort: readEffort,
    max_tokens: readMaxTokens,
    top_logprobs: readTopLogprobs,
    metadata: readMetadata,
    user: readUser,
    fallback_models: readFallbackModels,
  },
  type: chatCompletionType,
  judgeFields,
  refuseMissing: refuseWithoutModel,
  kind: () => "chat",
  needsPrompt: true,
  capability: "completion",
});
