import type { Draft } from "../../reading/draft.ts";
import {
  readFallbackModels,
  readMaxTokens,
  readMetadata,
  readName,
  readNullableStream,
  readUser,
} from "../../reading/fields.ts";
import { createObjectReader } from "../../reading/object-reader.ts";
import { createReader } from "../create-reader.ts";
import {
  conversationFields,
  foreignFields,
  isBool,
  isFilled,
  isListBeyond,
  isNumberBut,
  isTextBut,
  readIgnored,
} from "../ignored-fields.ts";
import { refuseWithoutModel } from "../refuse.ts";
import { readEffort, toolFields } from "../tool-fields.ts";
import { readInput, readPromptText } from "./input-field.ts";
import { responsesType } from "./request-types.ts";

const ignoredFields = {
  ...foreignFields,
  ...conversationFields,
  background: readIgnored("background", isBool(true)),
  context_management: readIgnored("context_management", isFilled),
  conversation: readIgnored("conversation", isFilled),
  // Thinking comes back in every answer as it is.
  include: readIgnored("include", isListBeyond("reasoning.encrypted_content")),
  max_tool_calls: readIgnored("max_tool_calls"),
  previous_response_id: readIgnored("previous_response_id", isFilled),
  prompt: readIgnored("prompt", isFilled),
  text: createObjectReader<Draft>({ verbosity: readIgnored("text.verbosity", isTextBut("medium")) }),
  top_logprobs: readIgnored("top_logprobs", isNumberBut(0)),
};

/** Bodies of `/v1/responses`. With neither input nor instructions they ask for a load. */
export const responsesReader = createReader({
  fields: {
    ...ignoredFields,
    ...toolFields,
    model: readName("model"),
    input: readInput,
    instructions: readPromptText("instructions"),
    stream: readNullableStream,
    max_output_tokens: readMaxTokens,
    reasoning: createObjectReader<Draft>({ effort: readEffort }),
    metadata: readMetadata,
    user: readUser,
    fallback_models: readFallbackModels,
  },
  type: responsesType,
  refuseMissing: refuseWithoutModel,
  kind: (draft) => (draft.hasPrompt ? "chat" : "load"),
  needsPrompt: false,
  capability: "completion",
});
