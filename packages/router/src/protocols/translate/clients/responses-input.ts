/** The conversation in `input` of `/v1/responses`, put together as Ollama does it and with its refusals. */
import type { NeutralMessage, NeutralPart, NeutralToolCall } from "../neutral.ts";
import { isArgumentsText, readRole } from "./chat-messages.ts";
import { childrenOf, complain, type Fields, isList, memberOf, rejectMember, textOf } from "./fields.ts";
import { readImageUrl } from "./media.ts";

/** A text is one message of the user, an empty one nothing. */
export const readInput = (fields: Fields): readonly NeutralMessage[] => {
  const input = memberOf(fields, "input");
  if (input === undefined || input === "") return [];
  if (typeof input === "string") return [{ role: "user", parts: [{ kind: "text", text: input }], toolCalls: [] }];
  const conversation: Conversation = { messages: [], thinking: undefined };
  for (const item of childrenOf(fields, "input")) addItem(conversation, item);
  const { messages, thinking } = conversation;
  return thinking === undefined ? messages : [...messages, { role: "assistant", parts: [], toolCalls: [], thinking }];
};

/** A message that may still get calls. */
interface OpenMessage extends NeutralMessage {
  readonly toolCalls: NeutralToolCall[];
  thinking?: string | undefined;
}

interface Conversation {
  readonly messages: OpenMessage[];
  /** What was thought before the next message of the assistant. */
  thinking: string | undefined;
}

const addItem = (conversation: Conversation, item: Fields): void => {
  const type = textOf(item, "type") ?? "";
  switch (type === "" && textOf(item, "role") ? "message" : type) {
    case "message":
      addMessage(conversation, item);
      return;
    case "function_call":
      addCall(conversation, item);
      return;
    case "function_call_output":
      conversation.messages.push({
        role: "tool",
        parts: readContents(item, "output"),
        toolCalls: [],
        toolCallId: textOf(item, "call_id"),
      });
      return;
    case "reasoning":
      conversation.thinking = readThought(item) || undefined;
      return;
    case "":
      complain(item.complaints, `${item.path}: input item missing required 'type' field`);
      return;
    default:
      complain(item.complaints, `${item.path}: unknown input item type: ${JSON.stringify(type)}`);
  }
};

const addMessage = (conversation: Conversation, item: Fields): void => {
  const role = readRole(item);
  const parts = readContents(item, "content");
  if (role === undefined) return;
  const thinking = role === "assistant" ? takeThinking(conversation) : undefined;
  conversation.messages.push({ role, parts, toolCalls: [], thinking });
};

/** A call belongs to the message of the assistant that stands right before it. */
const addCall = (conversation: Conversation, item: Fields): void => {
  const argumentsText = textOf(item, "arguments") ?? "";
  if (!isArgumentsText(argumentsText)) rejectMember(item, "arguments", "failed to parse function call arguments");
  const call: NeutralToolCall = { id: textOf(item, "call_id") ?? "", name: textOf(item, "name") ?? "", argumentsText };
  const last = conversation.messages.at(-1);
  const thinking = takeThinking(conversation);
  if (last?.role !== "assistant") {
    conversation.messages.push({ role: "assistant", parts: [], toolCalls: [call], thinking });
    return;
  }
  last.toolCalls.push(call);
  last.thinking = thinking ?? last.thinking;
};

const takeThinking = (conversation: Conversation): string | undefined => {
  const { thinking } = conversation;
  conversation.thinking = undefined;
  return thinking;
};

/** Replies of Ollama carry the thought itself where OpenAI carries a sealed one; others only a summary of it. */
const readThought = (item: Fields): string => {
  const whole = textOf(item, "encrypted_content");
  if (whole) return whole;
  return childrenOf(item, "summary")
    .map((part) => textOf(part, "text") ?? "")
    .join("\n\n");
};

/** A text, or a list of parts. */
const readContents = (item: Fields, name: "content" | "output"): readonly NeutralPart[] => {
  const content = memberOf(item, name);
  if (typeof content === "string") return [{ kind: "text", text: content }];
  if (content === undefined || isList(content)) return childrenOf(item, name).flatMap((part) => readPart(part) ?? []);
  rejectMember(item, name, "must be a text or a list");
  return [];
};

const readPart = (part: Fields): NeutralPart | undefined => {
  const type = textOf(part, "type") ?? "";
  switch (type) {
    case "input_text":
    case "output_text":
      return { kind: "text", text: textOf(part, "text") ?? "" };
    case "input_image":
      return readImage(part);
    case "input_file":
      return complain(part.complaints, "file inputs are not currently supported");
    default:
      return complain(part.complaints, `${part.path}: unknown content type: ${type}`);
  }
};

const readImage = (part: Fields): NeutralPart | undefined => {
  const url = textOf(part, "image_url");
  if (!url) {
    return rejectMember(part, "image_url", "must hold the image; files are not stored");
  }
  const image = readImageUrl(url);
  return "part" in image ? image.part : complain(part.complaints, image.refusal);
};
