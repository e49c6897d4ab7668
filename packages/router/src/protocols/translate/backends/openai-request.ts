import type { EncodeRequest, Json, JsonObject, NeutralRequest, NeutralSampling } from "../neutral.ts";
import { judgeNative } from "./native-leftovers.ts";
import { toolsOf } from "./ollama-messages.ts";
import { openaiMessages } from "./openai-messages.ts";
import { filled, present } from "./present.ts";

type Members = Readonly<Record<string, Json | undefined>>;

/** Conversations in the words of `/v1/chat/completions` as llama-server, vLLM, LM Studio and mlx_lm.server read them. */
export const encodeOpenaiChat: EncodeRequest = (request) => {
  const { ignored, untranslatable } = judgeNative(request.native);
  if (untranslatable !== undefined) return { untranslatable };
  const body = present({
    messages: openaiMessages(conversationOf(request)),
    ...toolMembers(request),
    ...thinkingMembers(request),
    response_format: formatOf(request),
    n: request.choices,
    ...logprobMembers(request),
    ...sharedMembers(request),
  });
  return { body, ignored };
};

/** Plain completions in the words of `/v1/completions`. */
export const encodeOpenaiCompletion: EncodeRequest = (request) => {
  const { ignored, untranslatable } = judgeNative(request.native);
  if (untranslatable !== undefined) return { untranslatable };
  if (request.messages.some(({ parts }) => parts.some(({ kind }) => kind !== "text"))) {
    return { untranslatable: "images: a plain completion of OpenAI's API takes none" };
  }
  if (request.tools.length > 0) return { untranslatable: "tools: a plain completion of OpenAI's API takes none" };
  // vLLM refuses it, llama-server and mlx_lm.server go on as if it were not there.
  if (request.suffix) return { untranslatable: "suffix: servers with OpenAI's API pass over the text after a gap" };
  const body = present({
    prompt: request.prompt ?? "",
    // llama-server reads the schema here, vLLM the format.
    response_format: formatOf(request),
    json_schema: request.format === undefined ? undefined : schemaOf(request.format),
    n: request.choices,
    // 0 means none to llama-server; the reader of the reply cuts the list to what was asked.
    logprobs: request.logprobs === undefined ? undefined : Math.max(1, request.logprobs.top),
    ...sharedMembers(request),
  });
  return { body, ignored };
};

const conversationOf = ({ messages, prompt }: NeutralRequest): NeutralRequest["messages"] =>
  messages.length > 0 || prompt === undefined
    ? messages
    : [{ role: "user", parts: [{ kind: "text", text: prompt }], toolCalls: [] }];

/** `none` leaves the tools out, as mlx_lm.server reads no `tool_choice`; `auto` is what every server does with tools. */
const toolMembers = ({ tools, toolChoice, parallelToolCalls }: NeutralRequest): Members => {
  if (tools.length === 0 || toolChoice === "none") return {};
  return {
    tools: toolsOf(tools),
    tool_choice: choiceOf(toolChoice),
    parallel_tool_calls: parallelToolCalls,
  };
};

const choiceOf = (choice: NeutralRequest["toolChoice"]): Json | undefined => {
  if (typeof choice === "object") return { type: "function", function: { name: choice.name } };
  return choice === "auto" ? undefined : choice;
};

/**
 * Yes or no goes to the model's template (llama-server, vLLM, mlx_lm.server); levels, and no, go by OpenAI's name for
 * them, which LM Studio reads.
 */
const thinkingMembers = ({ thinking }: NeutralRequest): Members => {
  if (thinking === undefined) return {};
  if (typeof thinking === "string") return { reasoning_effort: thinking };
  const kwargs = { chat_template_kwargs: { enable_thinking: thinking } };
  return thinking ? kwargs : { ...kwargs, reasoning_effort: "none" };
};

const formatOf = ({ format }: NeutralRequest): Json | undefined => {
  if (format === undefined) return undefined;
  const { name, strict } = format.kind === "json" ? { name: "object", strict: undefined } : format;
  return { type: "json_schema", json_schema: present({ name, schema: schemaOf(format), strict }) };
};

/** "Any object" is told as a schema, since LM Studio refuses `json_object`. */
const schemaOf = (format: NonNullable<NeutralRequest["format"]>): Json =>
  format.kind === "json" ? { type: "object" } : format.schema;

/** mlx_lm.server refuses 0, and every server takes its absence for none or for more, which the reader cuts. */
const logprobMembers = ({ logprobs }: NeutralRequest): Members =>
  logprobs === undefined ? {} : { logprobs: true, top_logprobs: logprobs.top || undefined };

const sharedMembers = (request: NeutralRequest): Members => ({
  ...samplingMembers(request.sampling),
  n_keep: request.native?.options["num_keep"] ?? undefined,
  stream: request.isStream,
  stream_options: request.isStream ? { include_usage: true } : undefined,
});

/** What only some servers know goes out under each of their names; the others pass over it. */
const samplingMembers = (sampling: NeutralSampling): JsonObject =>
  present({
    temperature: sampling.temperature,
    top_p: sampling.topP,
    top_k: sampling.topK,
    min_p: sampling.minP,
    typical_p: sampling.typicalP,
    // Ollama's own word for "any seed".
    seed: sampling.seed === -1 ? undefined : sampling.seed,
    stop: filled(sampling.stop),
    max_tokens: sampling.maxTokens,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    repeat_penalty: sampling.repeatPenalty,
    repetition_penalty: sampling.repeatPenalty,
    repeat_last_n: sampling.repeatLastN,
    repetition_context_size: sampling.repeatLastN,
    logit_bias: sampling.logitBias,
  });
