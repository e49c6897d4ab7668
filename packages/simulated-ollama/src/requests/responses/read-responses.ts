/** Translates the body of `/v1/responses` into the fields of a native chat, as Ollama's own middleware does. */
import type { ChatFields } from "../../inference/prepare-chat.ts";
import type { Decoded } from "../../json/go-type.ts";
import { type JsonNode, parseJson } from "../../json/parse-json.ts";
import type { OfferedTool } from "../choose-tool.ts";
import { readAll } from "../read-all.ts";
import { readImageUrl } from "../read-image-url.ts";
import type { PromptMessage } from "../render-prompt.ts";
import type { InputContent, InputItem } from "./read-input.ts";
import type { ResponsesBody } from "./responses-request.ts";

/** The fields, or the text of the 400. Earlier responses are not remembered: what names them is ignored. */
export function readResponses(body: ResponsesBody): Decoded<ChatFields> {
  const messages = readAll(body.input ?? [], readItem);
  if (!messages.ok) return messages;
  const think = readEffort(body.reasoning?.effort ?? "");
  if (!think.ok) return think;
  const system = body.instructions ? [{ role: "system", content: body.instructions }] : [];
  const value = {
    ...fixedFields,
    model: body.model ?? "",
    isStream: body.stream ?? false,
    messages: [...system, ...messages.value],
    format: body.text?.format?.type === "json_schema" ? body.text.format.schema : undefined,
    tools: (body.tools ?? []).map(offered),
    options: optionsOf(body),
    think: think.value,
  };
  return { ok: true, value };
}

/** This dialect has none of these fields. */
const fixedFields = {
  keepAliveMs: undefined,
  truncate: true,
  shift: true,
  topLogprobs: undefined,
  isRenderOnly: false,
} as const;

function readItem(item: InputItem): Decoded<PromptMessage> {
  switch (item.kind) {
    case "message":
      return withContent(item.role, item.content);
    case "result":
      return withContent("tool", item.content);
    case "reasoning":
      return { ok: true, value: { role: "assistant", content: "" } };
    case "call": {
      const parsed = item.arguments === "" ? undefined : parseJson(Buffer.from(item.arguments));
      if (parsed === undefined || parsed.ok) {
        return { ok: true, value: { role: "assistant", content: "", calls: [item.name] } };
      }
      return { ok: false, error: `failed to parse function call arguments: ${parsed.error}` };
    }
  }
}

function withContent(role: string, parts: readonly InputContent[]): Decoded<PromptMessage> {
  if (parts.some((part) => part.kind === "file")) {
    return { ok: false, error: "file inputs are not currently supported" };
  }
  const links = parts.flatMap((part) => (part.kind === "image" && part.url !== "" ? part.url : []));
  const images = readAll(links, readImageUrl);
  if (!images.ok) return images;
  const content = parts.map((part) => (part.kind === "text" ? part.text : "")).join("");
  return { ok: true, value: { role, content, images: images.value } };
}

function readEffort(effort: string): Decoded<boolean | string | undefined> {
  if (effort === "") return { ok: true, value: undefined };
  if (effort === "none") return { ok: true, value: false };
  if (["low", "medium", "high", "max"].includes(effort)) return { ok: true, value: effort };
  const wanted = '"high", "medium", "low", "max", or "none"';
  return { ok: false, error: `invalid reasoning value: ${JSON.stringify(effort)} (must be ${wanted})` };
}

type ToolBody = NonNullable<ResponsesBody["tools"]>[number];

function offered({ name = "", description, parameters }: ToolBody): OfferedTool {
  const described = description === undefined ? { name } : { name, description };
  return { type: "function", function: parameters === undefined ? described : { ...described, parameters } };
}

function optionsOf({ max_output_tokens: limit }: ResponsesBody): JsonNode & { kind: "object" } {
  const value = { kind: "number", text: String(limit ?? 0) } as const;
  return { kind: "object", members: limit === undefined ? [] : [{ name: "num_predict", value }] };
}
