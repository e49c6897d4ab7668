import { checkGoBase64 } from "../../json/go-base64.ts";
import type { Decoded } from "../../json/go-type.ts";
import { type JsonNode, toPlain } from "../../json/parse-json.ts";
import type { PromptMessage } from "../render-prompt.ts";
import type { ContentBlock, MessageParam } from "./messages-request.ts";

/** One message as native ones: results of tools are messages of their own, before the user's text. Empty ones vanish. */
export function convertMessage(message: MessageParam): Decoded<readonly PromptMessage[]> {
  const role = message.role.toLowerCase();
  const gathered: Gathered = { text: "", images: [], calls: [], results: [], hasThought: false };
  for (const block of message.content) {
    const error = gather(block, gathered);
    if (error !== undefined) return { ok: false, error };
  }
  const { text: content, images, calls, results } = gathered;
  const hasContent = content !== "" || images.length + calls.length > 0 || gathered.hasThought;
  const own: readonly PromptMessage[] = hasContent ? [{ role, content, images, calls }] : [];
  return { ok: true, value: role === "user" ? [...results, ...own] : [...own, ...results] };
}

interface Gathered {
  text: string;
  readonly images: string[];
  readonly calls: string[];
  readonly results: PromptMessage[];
  hasThought: boolean;
}

/** Adds a block; returns what is wrong with it. */
function gather(block: ContentBlock, gathered: Gathered): string | undefined {
  switch (block.type) {
    case "text":
      gathered.text += block.text ?? "";
      return undefined;
    case "thinking":
      gathered.hasThought ||= (block.thinking ?? "") !== "";
      return undefined;
    case "image":
      return gatherImage(block.source, gathered);
    case "tool_use":
      if (!block.id) return "tool_use block missing required 'id' field";
      if (!block.name) return "tool_use block missing required 'name' field";
      gathered.calls.push(block.name);
      return undefined;
    case "server_tool_use":
      gathered.calls.push(block.name ?? "");
      return undefined;
    case "tool_result":
      return gatherResult(block.content, gathered);
    case "web_search_tool_result":
      gathered.results.push({ role: "tool", content: resultText(block.content) });
      return undefined;
    default:
      return undefined;
  }
}

function gatherImage(source: ContentBlock["source"], gathered: Gathered): string | undefined {
  if (source === undefined) return "invalid image source";
  const error = wrongSource(source);
  if (error === undefined) gathered.images.push(source.data ?? "");
  return error;
}

/** What is wrong with the source of a picture. */
function wrongSource({ type = "", data: base64 = "" }: { readonly type?: string; readonly data?: string }) {
  if (type !== "base64") return `invalid image source type: ${type}. Only base64 images are supported.`;
  const checked = checkGoBase64(base64);
  return checked.ok ? undefined : `invalid base64 image data: ${checked.error}`;
}

/** The result of a tool may hold pictures. */
function gatherResult(content: JsonNode | undefined, gathered: Gathered): string | undefined {
  const images: string[] = [];
  for (const block of partsOf(content)) {
    if (block?.type !== "image") continue;
    const { source } = block;
    if (typeof source !== "object" || source === null) return "invalid tool_result image source";
    const error = wrongSource(source);
    if (error !== undefined) return error;
    images.push(String((source as { data?: unknown }).data));
  }
  gathered.results.push({ role: "tool", content: resultText(content), images });
  return undefined;
}

interface Part {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly source?: unknown;
}

/** The parts of a list; anything else has none. */
function partsOf(content: JsonNode | undefined): readonly (Part | null)[] {
  return content?.kind === "array" ? (content.items.map(toPlain) as (Part | null)[]) : [];
}

/** A text, or the text blocks of a list. */
function resultText(content: JsonNode | undefined): string {
  if (content?.kind === "string") return content.value;
  const texts = partsOf(content).map((part) => (part?.type === "text" ? part.text : ""));
  return texts.filter((text) => typeof text === "string").join("");
}
