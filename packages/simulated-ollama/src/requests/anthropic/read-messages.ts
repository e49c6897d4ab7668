/** Translates the body of `/v1/messages` into the fields of a native chat, as Ollama's own middleware does. */
import type { ChatFields } from "../../inference/prepare-chat.ts";
import type { Decoded } from "../../json/go-type.ts";
import type { JsonMember, JsonNode } from "../../json/parse-json.ts";
import type { OfferedTool } from "../choose-tool.ts";
import { readAll } from "../read-all.ts";
import type { PromptMessage } from "../render-prompt.ts";
import { convertMessage } from "./convert-message.ts";
import type { MessagesBody } from "./messages-request.ts";

/** The fields, or the text of the 400. */
export function readMessages(body: MessagesBody): Decoded<ChatFields> {
  const missing = missingField(body);
  if (missing !== undefined) return { ok: false, error: missing };
  const messages = readAll(body.messages ?? [], convertMessage);
  if (!messages.ok) return messages;
  const tools = readAll(body.tools ?? [], readTool);
  if (!tools.ok) return tools;
  const value = {
    ...fixedFields,
    model: body.model ?? "",
    isStream: body.stream ?? false,
    messages: [...systemOf(body.system), ...messages.value.flat()],
    tools: tools.value,
    options: optionsOf(body),
    think: thinkOf(body),
  };
  return { ok: true, value };
}

/** This dialect has none of these fields. */
const fixedFields = {
  format: undefined,
  keepAliveMs: undefined,
  truncate: true,
  shift: true,
  topLogprobs: undefined,
  isRenderOnly: false,
  isThinkingRelaxed: true,
} as const;

function missingField(body: MessagesBody): string | undefined {
  if (!body.model) return "model is required";
  if ((body.max_tokens ?? 0) <= 0) return "max_tokens is required and must be positive";
  return (body.messages ?? []).length === 0 ? "messages is required" : undefined;
}

/** A text, or the text blocks of a list; anything else is ignored. */
function systemOf(system: JsonNode | undefined): readonly PromptMessage[] {
  const content = systemText(system);
  return content === "" ? [] : [{ role: "system", content }];
}

function systemText(system: JsonNode | undefined): string {
  if (system?.kind === "string") return system.value;
  if (system?.kind !== "array") return "";
  return system.items.map((block) => (textMember(block, "type") === "text" ? textMember(block, "text") : "")).join("");
}

function textMember(node: JsonNode, name: string): string {
  const found = node.kind === "object" ? node.members.findLast((member) => member.name === name)?.value : undefined;
  return found?.kind === "string" ? found.value : "";
}

type ToolBody = NonNullable<MessagesBody["tools"]>[number];

function readTool(tool: ToolBody): Decoded<OfferedTool> {
  const { name = "", description, input_schema: schema } = tool;
  if (tool.type?.startsWith("web_search")) return { ok: true, value: { function: { name: "web_search" } } };
  if (schema !== undefined && schema.kind !== "object" && schema.kind !== "null") {
    const wrong = `json: cannot unmarshal ${schema.kind} into Go value of type api.ToolFunctionParameters`;
    return { ok: false, error: `invalid input_schema for tool ${JSON.stringify(name)}: ${wrong}` };
  }
  const described = description === undefined ? { name } : { name, description };
  const offered = schema === undefined ? described : { ...described, parameters: schema };
  return { ok: true, value: { type: "function", function: offered } };
}

function optionsOf(body: MessagesBody): JsonNode & { kind: "object" } {
  const limit: JsonMember = { name: "num_predict", value: { kind: "number", text: String(body.max_tokens ?? 0) } };
  const stops = body.stop_sequences ?? [];
  if (stops.length === 0) return { kind: "object", members: [limit] };
  const items = stops.map((value) => ({ kind: "string", value }) as const);
  return { kind: "object", members: [limit, { name: "stop", value: { kind: "array", items } }] };
}

/** `thinking` decides, and only without it the effort; efforts that are none are ignored. */
function thinkOf(body: MessagesBody): boolean | string | undefined {
  if (body.thinking?.type === "enabled") return true;
  if (body.thinking?.type === "disabled") return false;
  const effort = body.output_config?.effort?.trim().toLowerCase();
  const level = effort === "xhigh" ? "high" : effort;
  return level !== undefined && ["high", "medium", "low", "max"].includes(level) ? level : undefined;
}
