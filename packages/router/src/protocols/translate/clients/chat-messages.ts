/** The messages of `/v1/chat/completions`, with the refusals of Ollama's own conversion. */
import type { Json, NeutralMessage, NeutralPart, NeutralToolCall } from "../neutral.ts";
import {
  childOf,
  childrenOf,
  complain,
  type Fields,
  fieldsOf,
  isList,
  isObject,
  memberOf,
  pathOf,
  rejectMember,
  textOf,
} from "./fields.ts";
import { base64Problem, plainBase64, readImageUrl } from "./media.ts";

/** Every message; one with an empty list of parts and without calls says nothing and is left out. */
export const readChatMessages = (fields: Fields): readonly NeutralMessage[] => {
  const messages = childrenOf(fields, "messages");
  const calls = messages.map(readCalls);
  const named = calls.flat().filter(({ id }) => id !== "");
  const names = new Map(named.map(({ id, name }) => [id, name]));
  return messages.flatMap((message, index) => readMessage(message, calls[index] ?? [], names) ?? []);
};

/** The role, or undefined with a complaint. */
export const readRole = (message: Fields): NeutralMessage["role"] | undefined => {
  const role = textOf(message, "role") ?? "";
  const known = roles.get(role.toLowerCase());
  if (known === undefined) rejectMember(message, "role", `${JSON.stringify(role)} is no role that can be translated`);
  return known;
};

/** The JSON text of a call's arguments: of an object, or empty. */
export const isArgumentsText = (text: string): boolean => {
  if (text.trim() === "") return true;
  try {
    return isObject(JSON.parse(text) as Json);
  } catch {
    return false;
  }
};

const roles: ReadonlyMap<string, NeutralMessage["role"]> = new Map([
  ["system", "system"],
  ["developer", "system"],
  ["user", "user"],
  ["assistant", "assistant"],
  ["tool", "tool"],
  ["function", "tool"],
]);

const isEmptyList = (value: Json | undefined): boolean => isList(value) && value.length === 0;

type Names = ReadonlyMap<string, string>;

const readMessage = (
  message: Fields,
  toolCalls: readonly NeutralToolCall[],
  names: Names,
): NeutralMessage | undefined => {
  const role = readRole(message);
  const parts = readContent(message);
  if (role === undefined || (isEmptyList(memberOf(message, "content")) && toolCalls.length === 0)) return undefined;
  const toolCallId = textOf(message, "tool_call_id");
  const toolName = role === "tool" ? textOf(message, "name") || names.get(toolCallId ?? "") : undefined;
  const thinking = textOf(message, "reasoning") || textOf(message, "reasoning_content");
  return { role, parts, toolCalls, thinking: thinking || undefined, toolCallId, toolName };
};

/** Content may be missing where the model called tools. */
const readContent = (message: Fields): readonly NeutralPart[] => {
  const content = memberOf(message, "content");
  if (typeof content === "string") return [{ kind: "text", text: content }];
  if (isList(content)) return content.flatMap((part, index) => readPart(message, part, index) ?? []);
  if (content === undefined && memberOf(message, "tool_calls") !== undefined) return [];
  complain(message.complaints, `invalid message content type: ${goTypeName(content)}`);
  return [];
};

const goTypeName = (content: Json | undefined): string => {
  if (typeof content === "boolean") return "bool";
  if (typeof content === "number") return "float64";
  return content === undefined ? "<nil>" : "map[string]interface {}";
};

const readPart = (message: Fields, value: Json, index: number): NeutralPart | undefined => {
  const invalid = (reason = "invalid message format") => complain(message.complaints, reason);
  if (!isObject(value)) return invalid();
  const part = fieldsOf(value, `${pathOf(message, "content")}[${index}]`, message.complaints);
  switch (memberOf(part, "type")) {
    case "text": {
      const text = memberOf(part, "text");
      return typeof text === "string" ? { kind: "text", text } : invalid();
    }
    case "image_url":
      return readImage(part) ?? invalid();
    case "input_audio":
      return readAudio(part);
    default:
      return invalid();
  }
};

const readImage = (part: Fields): NeutralPart | undefined => {
  const link = memberOf(part, "image_url");
  const url = isObject(link) ? link["url"] : link;
  if (typeof url !== "string") return undefined;
  const image = readImageUrl(url);
  if ("part" in image) return image.part;
  return complain(part.complaints, image.refusal);
};

const readAudio = (part: Fields): NeutralPart | undefined => {
  const invalid = (reason: string) => complain(part.complaints, reason);
  const audio = memberOf(part, "input_audio");
  if (!isObject(audio)) return invalid("invalid input_audio format");
  const { data: base64, format } = audio;
  if (typeof base64 !== "string") return invalid("invalid input_audio format: missing data");
  const problem = base64Problem(base64);
  if (problem !== undefined) return invalid(`invalid input_audio base64 data: ${problem}`);
  return { kind: "audio", format: typeof format === "string" ? format : "wav", base64: plainBase64(base64) };
};

const readCalls = (message: Fields): readonly NeutralToolCall[] => childrenOf(message, "tool_calls").map(readCall);

const readCall = (call: Fields): NeutralToolCall => {
  const type = textOf(call, "type") || "function";
  if (type !== "function") rejectMember(call, "type", `calls of the type ${JSON.stringify(type)} cannot be translated`);
  const called = childOf(call, "function");
  const [name = "", argumentsText = ""] =
    called === undefined ? [] : [textOf(called, "name"), textOf(called, "arguments")];
  if (argumentsText === "" || !isArgumentsText(argumentsText)) complain(call.complaints, "invalid tool call arguments");
  return { id: textOf(call, "id") ?? "", name, argumentsText };
};
