import type { Json, JsonObject, NeutralMessage, NeutralTool, NeutralToolCall } from "../neutral.ts";
import { filled, present } from "./present.ts";

/** Messages as `/api/chat` takes them: one text each, sounds and pictures in one list, arguments as objects. */
export const ollamaMessages = (messages: readonly NeutralMessage[]): readonly JsonObject[] =>
  messages.map((message, index) =>
    present({
      role: message.role,
      content: textOf(message),
      thinking: message.thinking,
      images: filled(mediaOf(message)),
      tool_calls: filled(message.toolCalls.map(toolCall)),
      tool_call_id: message.toolCallId,
      tool_name: message.toolName ?? nameOfCall(messages.slice(0, index), message.toolCallId),
    }),
  );

/** All texts of a message, put together without anything between them, as Ollama's own routes do. */
export const textOf = ({ parts }: NeutralMessage): string =>
  parts.map((part) => (part.kind === "text" ? part.text : "")).join("");

/** Pictures and sounds; Ollama tells them apart by their bytes. */
const mediaOf = ({ parts }: NeutralMessage): readonly string[] =>
  parts.flatMap((part) => (part.kind === "text" ? [] : part.base64));

/** Tools, which Ollama and OpenAI write alike. */
export const toolsOf = (tools: readonly NeutralTool[]): readonly JsonObject[] =>
  tools.map(({ name, description, parameters, strict }) => ({
    type: "function",
    function: present({ name, description, parameters, strict }),
  }));

/** The arguments of a call; undefined when the text is no JSON object. */
export const argumentsOf = ({ argumentsText }: NeutralToolCall): JsonObject | undefined => {
  if (argumentsText.trim() === "") return {};
  try {
    const value = JSON.parse(argumentsText) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const toolCall = (call: NeutralToolCall): JsonObject => {
  const called = { name: call.name, arguments: argumentsOf(call) ?? {} };
  return call.id === "" ? { function: called } : { id: call.id, function: called };
};

/** The newest call with this id tells the tool's name. */
const nameOfCall = (earlier: readonly NeutralMessage[], id: string | undefined): string | undefined =>
  id === undefined ? undefined : earlier.flatMap(({ toolCalls }) => toolCalls).findLast((call) => call.id === id)?.name;

const isObject = (value: Json): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
