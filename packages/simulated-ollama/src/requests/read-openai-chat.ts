/** Translates an OpenAI chat into the fields of a native one, as Ollama's own middleware does. */
import type { ChatFields } from "../inference/prepare-chat.ts";
import type { Decoded } from "../json/go-type.ts";
import type { JsonMember, JsonNode } from "../json/parse-json.ts";
import type { openaiChatRequest } from "./openai-request.ts";
import { readAll } from "./read-all.ts";
import { readImageUrl } from "./read-image-url.ts";
import type { PromptMessage } from "./render-prompt.ts";

/** The decoded body of `/v1/chat/completions`. */
export type OpenaiChatBody = NonNullable<ReturnType<(typeof openaiChatRequest)["decode"]>>;

/** The fields, or the text of the 400. */
export function readOpenaiChat(body: OpenaiChatBody): Decoded<ChatFields> {
  if (body.messages === undefined || body.messages.length === 0) {
    return { ok: false, error: "[] is too short - 'messages'" };
  }
  const messages = readAll(body.messages, readMessage);
  if (!messages.ok) return messages;
  const think = readEffort(body.reasoning_effort ?? body.reasoning?.effort);
  if (!think.ok) return think;
  return { ok: true, value: { ...plainFields(body), messages: messages.value.flat(), think: think.value } };
}

/** The fields that cannot be wrong. This dialect has neither keep_alive nor truncation: both stay the node's own. */
function plainFields(body: OpenaiChatBody) {
  return {
    model: body.model ?? "",
    isStream: body.stream ?? false,
    format: formatOf(body),
    keepAliveMs: undefined,
    truncate: true,
    shift: true,
    tools: body.tools ?? [],
    options: optionsOf(body),
    topLogprobs: body.logprobs === true ? (body.top_logprobs ?? 0) : undefined,
    isRenderOnly: body._debug_render_only ?? false,
  };
}

type OpenaiMessage = NonNullable<OpenaiChatBody["messages"]>[number];

/** One message of parts becomes one message per part. */
function readMessage(message: OpenaiMessage): Decoded<readonly PromptMessage[]> {
  const role = (message.role ?? "").toLowerCase();
  const content = message.content ?? { kind: "null" };
  switch (content.kind) {
    case "array":
      return readAll(content.items, (part) => readPart(part, role));
    case "string":
      return { ok: true, value: [{ role, content: content.value }] };
    case "null":
      return { ok: true, value: [{ role, content: "" }] };
    case "bool":
    case "number":
    case "object":
      return { ok: false, error: `invalid message content type: ${goTypeNames[content.kind]}` };
  }
}

const goTypeNames = { bool: "bool", number: "float64", object: "map[string]interface {}" };

function readPart(part: JsonNode, role: string): Decoded<PromptMessage> {
  const type = textMember(part, "type");
  if (type === "text") return { ok: true, value: { role, content: textMember(part, "text") ?? "" } };
  if (type !== "image_url") return { ok: false, error: "invalid message format" };
  const link = member(part, "image_url");
  const url = link?.kind === "string" ? link.value : (textMember(link, "url") ?? "");
  const image = readImageUrl(url);
  return image.ok ? { ok: true, value: { role, content: "", images: [image.value] } } : image;
}

function readEffort(effort: string | undefined): Decoded<boolean | string | undefined> {
  if (effort === undefined || effort === "") return { ok: true, value: undefined };
  if (effort === "none") return { ok: true, value: false };
  if (["high", "medium", "low", "max"].includes(effort)) return { ok: true, value: effort };
  const wanted = '"high", "medium", "low", "max", or "none"';
  return { ok: false, error: `invalid reasoning value: '${effort}' (must be ${wanted})` };
}

function formatOf(body: OpenaiChatBody): JsonNode | undefined {
  switch (body.response_format?.type?.toLowerCase()) {
    case "json_object":
      return { kind: "string", value: "json" };
    case "json_schema":
      return body.response_format?.json_schema?.schema;
    default:
      return undefined;
  }
}

function optionsOf(body: OpenaiChatBody): JsonNode & { kind: "object" } {
  const members: JsonMember[] = [];
  const number = (name: string, value: number | undefined) => {
    if (value !== undefined) members.push({ name, value: { kind: "number", text: String(value) } });
  };
  number("num_predict", body.max_tokens);
  number("seed", body.seed);
  if (body.stop?.kind === "array") members.push({ name: "stop", value: body.stop });
  if (body.stop?.kind === "string") members.push({ name: "stop", value: { kind: "array", items: [body.stop] } });
  return { kind: "object", members };
}

function member(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === "object" ? node.members.findLast((candidate) => candidate.name === name)?.value : undefined;
}

function textMember(node: JsonNode | undefined, name: string): string | undefined {
  const found = member(node, name);
  return found?.kind === "string" ? found.value : undefined;
}
