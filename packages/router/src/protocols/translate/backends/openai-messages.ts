import type { Json, JsonObject, NeutralMessage, NeutralPart, NeutralToolCall } from "../neutral.ts";
import { textOf } from "./ollama-messages.ts";
import { filled, present } from "./present.ts";

/**
 * Messages as servers with OpenAI's API take them. What was thought goes out under both names that are in use: vLLM and
 * Ollama read `reasoning`, llama-server `reasoning_content`.
 */
export const openaiMessages = (messages: readonly NeutralMessage[]): readonly JsonObject[] =>
  withCallIds(messages).map((message) =>
    present({
      role: message.role,
      content: contentOf(message),
      reasoning: message.thinking,
      reasoning_content: message.thinking,
      tool_calls: filled(message.toolCalls.map(toolCall)),
      tool_call_id: message.toolCallId,
      name: message.role === "tool" ? message.toolName : undefined,
    }),
  );

/** A text where there are only texts: some templates of models know nothing else. */
const contentOf = (message: NeutralMessage): Json =>
  message.parts.every(({ kind }) => kind === "text") ? textOf(message) : message.parts.map(partOf);

const partOf = (part: NeutralPart): JsonObject => {
  switch (part.kind) {
    case "text":
      return { type: "text", text: part.text };
    case "image":
      return { type: "image_url", image_url: { url: `data:${mediaTypeOf(part)};base64,${part.base64}` } };
    case "audio":
      return { type: "input_audio", input_audio: { data: part.base64, format: part.format } };
  }
};

/** How the base64 of some picture formats begins. */
const beginnings: readonly (readonly [beginning: string, mediaType: string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
];

/** Servers take no type with a star; where none was told, the first bytes tell it. */
const mediaTypeOf = ({ mediaType, base64 }: Extract<NeutralPart, { kind: "image" }>): string =>
  mediaType.includes("*") || mediaType === ""
    ? (beginnings.find(([beginning]) => base64.startsWith(beginning))?.[1] ?? "image/jpeg")
    : mediaType;

const toolCall = (call: NeutralToolCall): JsonObject => ({
  id: call.id,
  type: "function",
  function: { name: call.name, arguments: call.argumentsText.trim() === "" ? "{}" : call.argumentsText },
});

/** Gives calls without an id one, and answers without one that of the first open call of the same tool. */
const withCallIds = (messages: readonly NeutralMessage[]): readonly NeutralMessage[] => {
  const open: NeutralToolCall[] = [];
  let count = 0;
  const named = (call: NeutralToolCall) => (call.id === "" ? { ...call, id: `call_${count++}` } : call);
  const answered = ({ toolCallId, toolName }: NeutralMessage): string => {
    const at = open.findIndex(({ id, name }) => (toolCallId === undefined ? name === toolName : id === toolCallId));
    const [call] = open.splice(Math.max(at, 0), at === -1 && toolCallId !== undefined ? 0 : 1);
    return toolCallId ?? call?.id ?? `call_${count++}`;
  };
  return messages.map((message) => {
    if (message.role === "tool") return { ...message, toolCallId: answered(message) };
    const toolCalls = message.toolCalls.map(named);
    open.push(...toolCalls);
    return { ...message, toolCalls };
  });
};
