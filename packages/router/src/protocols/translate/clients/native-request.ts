import { goJson } from "../go-value.ts";
import type { NeutralMessage, NeutralPart, NeutralRequest, NeutralToolCall } from "../neutral.ts";
import { readRole } from "./chat-messages.ts";
import {
  childOf,
  childrenOf,
  complain,
  type Fields,
  flagOf,
  integerOf,
  isObject,
  memberOf,
  objectOf,
  rejectMember,
  textOf,
  textsOf,
} from "./fields.ts";
import { readNativeMedia } from "./media.ts";
import { decodeWith, nativeChatRules, nativeGenerateRules } from "./member-rules.ts";
import { readNativeWords, readOptions } from "./native-options.ts";
import { DEFAULT_SCHEMA_NAME, readFunctionTools } from "./openai-values.ts";

/** Reads a body of `/api/chat`; without messages it asks for a load. */
export const decodeNativeChat = decodeWith(nativeChatRules, (fields) => ({
  ...readShared(fields),
  messages: childrenOf(fields, "messages").flatMap((message) => readMessage(message) ?? []),
  tools: readFunctionTools(fields),
}));

/**
 * Reads a body of `/api/generate`. Its prompt goes through the model's template and so is a conversation of one message;
 * only raw prompts and those with a gap to fill are plain completions. Without a prompt it asks for a load.
 */
export const decodeNativeGenerate = decodeWith(nativeGenerateRules, (fields) => {
  const isRaw = flagOf(fields, "raw") ?? false;
  const template = textOf(fields, "template") || undefined;
  const shared = readShared(fields);
  const asked = { ...shared, tools: [], native: { ...shared.native, isRaw, template } };
  return { ...asked, ...readPrompt(fields, isRaw) };
});

type Prompt = Pick<NeutralRequest, "messages" | "prompt" | "suffix">;

const readPrompt = (fields: Fields, isRaw: boolean): Prompt => {
  const system = textOf(fields, "system") ?? "";
  const prompt = textOf(fields, "prompt") ?? "";
  const suffix = textOf(fields, "suffix") || undefined;
  if (isRaw && (system !== "" || textOf(fields, "template"))) {
    complain(fields.complaints, "raw mode does not support template, system, or context");
  }
  if (prompt === "") return { messages: [] };
  const images = readImages(fields);
  if (!isRaw && suffix === undefined) return { messages: conversation(system, images, prompt) };
  if (images.length > 0) rejectMember(fields, "images", "a raw prompt cannot be translated with them");
  return { messages: [], prompt, suffix };
};

/** What a prompt is once it is in the model's template. */
const conversation = (system: string, images: readonly NeutralPart[], prompt: string): readonly NeutralMessage[] => [
  ...(system === "" ? [] : [messageOf("system", [{ kind: "text", text: system }])]),
  messageOf("user", [...images, { kind: "text", text: prompt }]),
];

const messageOf = (role: NeutralMessage["role"], parts: readonly NeutralPart[]): NeutralMessage => ({
  role,
  parts,
  toolCalls: [],
});

const readShared = (fields: Fields) => {
  const { sampling, options } = readOptions(fields);
  return {
    isStream: flagOf(fields, "stream") ?? true,
    wantsUsage: false,
    format: readFormat(fields),
    thinking: readThink(fields),
    logprobs: flagOf(fields, "logprobs") === true ? { top: integerOf(fields, "top_logprobs") ?? 0 } : undefined,
    sampling,
    native: { options, ...readNativeWords(fields) },
  };
};

/** Pictures stand before the text, as Ollama shows them to a model. */
const readMessage = (message: Fields): NeutralMessage | undefined => {
  const role = readRole(message);
  const text = textOf(message, "content") ?? "";
  const images = readImages(message);
  const toolCalls = childrenOf(message, "tool_calls").map(readCall);
  if (role === undefined) return undefined;
  return {
    role,
    parts: text === "" ? images : [...images, { kind: "text", text }],
    thinking: textOf(message, "thinking") || undefined,
    toolCalls,
    toolCallId: textOf(message, "tool_call_id") || undefined,
    toolName: textOf(message, "tool_name") || undefined,
  };
};

const readImages = (fields: Fields): readonly NeutralPart[] =>
  textsOf(fields, "images").flatMap((base64) => {
    const media = readNativeMedia(base64);
    return "part" in media ? media.part : (complain(fields.complaints, media.refusal) ?? []);
  });

const readCall = (call: Fields): NeutralToolCall => {
  const called = childOf(call, "function");
  return {
    id: textOf(call, "id") ?? "",
    name: (called && textOf(called, "name")) ?? "",
    argumentsText: goJson((called && objectOf(called, "arguments")) ?? {}),
  };
};

const readFormat = (fields: Fields): NeutralRequest["format"] => {
  const format = memberOf(fields, "format");
  if (format === undefined || format === "") return undefined;
  if (format === "json") return { kind: "json" };
  if (isObject(format)) return { kind: "schema", name: DEFAULT_SCHEMA_NAME, schema: format };
  const shown = goJson(goJson(format));
  return complain(fields.complaints, `invalid format: ${shown}; expected "json" or a valid JSON Schema object`);
};

const readThink = (fields: Fields): NeutralRequest["thinking"] => {
  const think = memberOf(fields, "think");
  switch (think) {
    case undefined:
    case true:
    case false:
    case "low":
    case "medium":
    case "high":
    case "max":
      return think;
    default:
      return complain(fields.complaints, 'think: must be true, false, "low", "medium", "high" or "max"');
  }
};
