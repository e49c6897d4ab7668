/** Reads `input` of `/v1/responses` with the error texts of Ollama's own decoders. */
import { type Decoded, decodeGo, type GoType, raw, struct, text } from "../../json/go-type.ts";
import type { JsonNode } from "../../json/parse-json.ts";
import { readAll } from "../read-all.ts";

/** One part of a message or of a tool's output. */
export type InputContent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "image"; readonly url: string }
  | { readonly kind: "file" };

/** One item of the conversation. */
export type InputItem =
  | { readonly kind: "message"; readonly role: string; readonly content: readonly InputContent[] }
  | { readonly kind: "call"; readonly name: string; readonly arguments: string }
  | { readonly kind: "result"; readonly content: readonly InputContent[] }
  | { readonly kind: "reasoning"; readonly text: string };

/** A text counts as one message of the user; an empty text as nothing. */
export function readInput(node: JsonNode): Decoded<readonly InputItem[]> {
  if (node.kind === "string") {
    const content = [{ kind: "text", text: node.value } as const];
    return { ok: true, value: node.value === "" ? [] : [{ kind: "message", role: "user", content }] };
  }
  if (node.kind !== "array") return notAList("input", node);
  return readAll(node.items, (item, index) => within(`input[${index}]`, readItem(item)));
}

function notAList(what: string, node: JsonNode): Decoded<never> {
  const found = `json: cannot unmarshal ${node.kind} into Go value of type []json.RawMessage`;
  return { ok: false, error: `${what} must be a string or array: ${found}` };
}

function within<T>(where: string, read: Decoded<T>): Decoded<T> {
  return read.ok ? read : { ok: false, error: `${where}: ${read.error}` };
}

function readItem(node: JsonNode): Decoded<InputItem> {
  if (node.kind !== "object" && node.kind !== "null") {
    const goType = 'struct { Type string "json:\\"type\\""; Role string "json:\\"role\\"" }';
    return { ok: false, error: `json: cannot unmarshal ${node.kind} into Go value of type ${goType}` };
  }
  const peeked = decodeGo(peek, node);
  if (!peeked.ok) return peeked;
  const { type = "", role = "" } = peeked.value;
  switch (type === "" && role !== "" ? "message" : type) {
    case "message":
      return readMessage(node, role);
    case "function_call":
      return decoded(functionCall, node, ({ name = "", arguments: given = "" }) => ({
        kind: "call",
        name,
        arguments: given,
      }));
    case "function_call_output":
      return readResult(node);
    case "reasoning":
      return decoded(reasoning, node, ({ encrypted_content = "" }) => ({ kind: "reasoning", text: encrypted_content }));
    case "":
      return { ok: false, error: "input item missing required 'type' field" };
    default:
      return { ok: false, error: `unknown input item type: ${JSON.stringify(type)}` };
  }
}

const peek = struct("anonymous.", { type: text, role: text, content: raw, output: raw });
const functionCall = struct("openai.ResponsesFunctionCall", { id: text, call_id: text, name: text, arguments: text });
const reasoning = struct("openai.ResponsesReasoningInput", { id: text, encrypted_content: text });

function decoded<T, R>(type: GoType<T>, node: JsonNode, convert: (value: T) => R): Decoded<R> {
  const read = decodeGo(type, node);
  return read.ok ? { ok: true, value: convert(read.value) } : read;
}

function readMessage(node: JsonNode, role: string): Decoded<InputItem> {
  const content = readContents(node, "content");
  return content.ok ? { ok: true, value: { kind: "message", role, content: content.value } } : content;
}

function readResult(node: JsonNode): Decoded<InputItem> {
  const content = readContents(node, "output");
  return content.ok ? { ok: true, value: { kind: "result", content: content.value } } : content;
}

/** A member that is a text or a list of parts; absent and null are an empty one. */
function readContents(node: JsonNode, name: "content" | "output"): Decoded<readonly InputContent[]> {
  const peeked = decodeGo(peek, node);
  const found = peeked.ok ? peeked.value[name] : undefined;
  switch (found?.kind) {
    case undefined:
    case "null":
      return { ok: true, value: [] };
    case "string":
      return { ok: true, value: [{ kind: "text", text: found.value }] };
    case "array":
      return readAll(found.items, (item, index) => within(`${name}[${index}]`, readContent(item)));
    default:
      return notAList(name, found ?? { kind: "null" });
  }
}

const inputText = struct("openai.ResponsesTextContent", { type: text, text });
const outputText = struct("openai.ResponsesOutputTextContent", { type: text, text });
const inputImage = struct("openai.ResponsesImageContent", { detail: text, file_id: text, image_url: text });

function readContent(node: JsonNode): Decoded<InputContent> {
  if (node.kind !== "object" && node.kind !== "null") {
    const goType = 'struct { Type string "json:\\"type\\"" }';
    return { ok: false, error: `json: cannot unmarshal ${node.kind} into Go value of type ${goType}` };
  }
  const peeked = decodeGo(peek, node);
  if (!peeked.ok) return peeked;
  const { type = "" } = peeked.value;
  switch (type) {
    case "input_text":
      return decoded(inputText, node, (part) => ({ kind: "text", text: part.text ?? "" }));
    case "output_text":
      return decoded(outputText, node, (part) => ({ kind: "text", text: part.text ?? "" }));
    case "input_image":
      return decoded(inputImage, node, ({ image_url: url = "" }) => ({ kind: "image", url }));
    case "input_file":
      return { ok: true, value: { kind: "file" } };
    default:
      return { ok: false, error: `unknown content type: ${type}` };
  }
}
