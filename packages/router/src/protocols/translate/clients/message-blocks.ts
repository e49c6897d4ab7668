/** The messages of `/v1/messages`, block by block, taken apart as Ollama does it and with its refusals. */
import { goJson } from "../go-value.ts";
import type { Json, NeutralMessage, NeutralPart, NeutralToolCall } from "../neutral.ts";
import { readRole } from "./chat-messages.ts";
import {
  childOf,
  childrenOf,
  complain,
  type Fields,
  isList,
  isObject,
  memberOf,
  objectOf,
  pathOf,
  rejectMember,
  textOf,
} from "./fields.ts";
import { base64Problem, plainBase64 } from "./media.ts";

/** Every message; results of tools become messages of their own. */
export const readMessageParams = (fields: Fields): readonly NeutralMessage[] =>
  childrenOf(fields, "messages").flatMap(readParam);

/** Results stand before what the user says with them, and behind what an assistant says. */
const readParam = (message: Fields): readonly NeutralMessage[] => {
  const role = readRole(message);
  const gathered: Gathered = { texts: [], images: [], calls: [], results: [], thinking: "" };
  const content = memberOf(message, "content");
  if (typeof content === "string") gathered.texts.push(content);
  else for (const block of childrenOf(message, "content")) gatherBlock(gathered, block);
  if (role === undefined) return [];
  const own = ownMessage(role, gathered);
  return role === "user" ? [...gathered.results, ...own] : [...own, ...gathered.results];
};

interface Gathered {
  readonly texts: string[];
  readonly images: NeutralPart[];
  readonly calls: NeutralToolCall[];
  readonly results: NeutralMessage[];
  thinking: string;
}

/** A message without anything in it vanishes. */
const ownMessage = (role: NeutralMessage["role"], gathered: Gathered): readonly NeutralMessage[] => {
  const { images, calls, thinking } = gathered;
  const text = gathered.texts.join("");
  const parts: readonly NeutralPart[] = text === "" ? images : [...images, { kind: "text", text }];
  if (parts.length + calls.length === 0 && thinking === "") return [];
  return [{ role, parts, toolCalls: calls, thinking: thinking || undefined }];
};

const gatherBlock = (gathered: Gathered, block: Fields): void => {
  const type = textOf(block, "type") ?? "";
  switch (type) {
    case "text":
      gathered.texts.push(textOf(block, "text") ?? "");
      return;
    case "thinking":
      gathered.thinking = textOf(block, "thinking") ?? gathered.thinking;
      return;
    // Nobody but its maker can read it.
    case "redacted_thinking":
      return;
    case "image":
      gathered.images.push(...readImage(block, "invalid image source"));
      return;
    case "tool_use":
    case "server_tool_use":
      gathered.calls.push(readToolUse(block, type));
      return;
    case "tool_result":
      gathered.results.push(toolMessage(block, readResult(block)));
      return;
    case "web_search_tool_result":
      gathered.results.push(toolMessage(block, [{ kind: "text", text: searchResultText(memberOf(block, "content")) }]));
      return;
    default:
      rejectMember(block, "type", `blocks of the type ${JSON.stringify(type)} cannot be translated`);
  }
};

/** One picture, or none with a complaint. */
const readImage = (block: Fields, missing: string): readonly NeutralPart[] => {
  const refuse = (reason: string): readonly NeutralPart[] => {
    complain(block.complaints, reason);
    return [];
  };
  if (!isObject(memberOf(block, "source"))) return refuse(missing);
  const source = childOf(block, "source");
  const type = (source && textOf(source, "type")) ?? "";
  if (type !== "base64") return refuse(`invalid image source type: ${type}. Only base64 images are supported.`);
  const base64 = (source && textOf(source, "data")) ?? "";
  const problem = base64Problem(base64);
  if (problem !== undefined) return refuse(`invalid base64 image data: ${problem}`);
  const mediaType = (source && textOf(source, "media_type")) || "image/*";
  return [{ kind: "image", mediaType, base64: plainBase64(base64) }];
};

/** A call without arguments is one with an empty object. */
const readToolUse = (block: Fields, type: string): NeutralToolCall => {
  const [id = "", name = ""] = [textOf(block, "id"), textOf(block, "name")];
  if (type === "tool_use" && id === "") complain(block.complaints, "tool_use block missing required 'id' field");
  if (type === "tool_use" && name === "") complain(block.complaints, "tool_use block missing required 'name' field");
  return { id, name, argumentsText: goJson(objectOf(block, "input") ?? {}) };
};

const toolMessage = (block: Fields, parts: readonly NeutralPart[]): NeutralMessage => ({
  role: "tool",
  parts,
  toolCalls: [],
  toolCallId: textOf(block, "tool_use_id"),
});

/** A text, or blocks of text and pictures; the texts are put together. */
const readResult = (block: Fields): readonly NeutralPart[] => {
  const content = memberOf(block, "content");
  if (typeof content === "string") return [{ kind: "text", text: content }];
  if (content === undefined) return [];
  const blocks = childrenOf(block, "content");
  const text = blocks
    .map((inner) => (memberOf(inner, "type") === "text" ? (textOf(inner, "text") ?? "") : ""))
    .join("");
  const images = blocks.flatMap(readResultImage);
  return text === "" ? images : [...images, { kind: "text", text }];
};

const readResultImage = (inner: Fields): readonly NeutralPart[] => {
  const type = memberOf(inner, "type");
  if (type === "text") return [];
  if (type === "image") return readImage(inner, "invalid tool_result image source");
  complain(inner.complaints, `${pathOf(inner, "type")}: only text and images can be translated`);
  return [];
};

/** Titles and addresses, one a line; or the code of an error. */
const searchResultText = (content: Json | undefined): string => {
  if (typeof content === "string") return content;
  if (isObject(content) && content["type"] === "web_search_tool_result_error") return searchErrorText(content);
  if (!isList(content)) return goJson(content ?? null, "sorted");
  const failed = content.find((item) => isObject(item) && item["type"] === "web_search_tool_result_error");
  if (failed !== undefined) return searchErrorText(failed);
  return content.map(searchHitText).join("");
};

const searchErrorText = (failed: Json): string => {
  const code = isObject(failed) ? failed["error_code"] : undefined;
  const type = "web_search_tool_result_error";
  return typeof code === "string" && code !== "" ? `${type}: ${code}` : type;
};

const searchHitText = (hit: Json): string => {
  if (!isObject(hit) || hit["type"] !== "web_search_result") return "";
  const { title, url } = hit;
  return `- ${typeof title === "string" ? title : ""}: ${typeof url === "string" ? url : ""}\n`;
};
