import { asObject, asText } from "../tap/record.ts";

/** Bytes of an error answer that are looked at; a longer one is no JSON that anybody means to be read. */
const READ_BYTES = 64 * 1024;
/** Characters of a message that are passed on. */
const LONGEST_MESSAGE = 4096;

type Parsed = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder();
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to go
const controls = /[\u0000-\u001f\u007f]+/g;

/**
 * What an error answer of an inference server says, whichever it is: Ollama and mlx_lm.server (`error` is a text), OpenAI,
 * llama-server, vLLM and LM Studio (`error.message`), older vLLM (`message`), FastAPI (`detail`), or plain text. undefined
 * when it says nothing, or is a web page.
 */
export const errorMessageOf = (body: Uint8Array): string | undefined => {
  const text = decoder.decode(body.subarray(0, READ_BYTES)).trim();
  const value = parsed(text);
  if (value === undefined && text.startsWith("<")) return undefined;
  const plain = text.startsWith("{") ? messageInCut(text) : text;
  const message = value === undefined ? plain : messageOf(value);
  const clean = message.replace(controls, " ").trim();
  return clean === "" ? undefined : clean.slice(0, LONGEST_MESSAGE).toWellFormed();
};

/** Of an object that is too long to be read whole, the beginning of its message. */
const messageInCut = (text: string): string => {
  if (text.length * 4 < READ_BYTES) return "";
  const start = MESSAGE_START.exec(text.slice(0, LONGEST_MESSAGE))?.[0];
  if (start === undefined) return "";
  const rest = text.slice(start.length, start.length + 2 * LONGEST_MESSAGE);
  return asText(parsed(`"${MESSAGE.exec(rest)?.[0] ?? ""}"`)) ?? "";
};

const MESSAGE_START = /^[\s\S]*?"(?:message|error|detail|msg)"\s*:\s*"/;
const MESSAGE = /^(?:[^"\\]|\\(?:u[\da-fA-F]{4}|[^u]))*/;

const messageOf = (value: unknown): string => {
  const record = asObject(value);
  if (record === undefined) return asText(value) ?? "";
  return textIn(record["error"]) || textIn(record["message"]) || detailOf(record["detail"]) || textIn(record["msg"]);
};

/** A text, or an object that has one. */
const textIn = (value: unknown): string => {
  const text = asText(value);
  if (text !== undefined) return text;
  const inner = asObject(value);
  return inner === undefined ? "" : (asText(inner["message"]) ?? asText(inner["error"]) ?? asText(inner["type"]) ?? "");
};

/** FastAPI tells a text, or a list of what is wrong and where. */
const detailOf = (detail: unknown): string => {
  if (!Array.isArray(detail)) return textIn(detail);
  return detail
    .map((entry) => placed(asObject(entry)))
    .filter((text) => text !== "")
    .join("; ");
};

const placed = (entry: Parsed | undefined): string => {
  const message = asText(entry?.["msg"]) ?? "";
  const place = Array.isArray(entry?.["loc"]) ? entry["loc"].filter((part) => part !== "body").join(".") : "";
  return place === "" || message === "" ? message : `${place}: ${message}`;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
