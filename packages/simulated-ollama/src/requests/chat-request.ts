import { bool, type GoType, int, list, map, raw, struct, text } from "../json/go-type.ts";
import type { JsonNode } from "../json/parse-json.ts";
import { images, keepAlive, message, think, tools } from "./api-types.ts";

const chatFields = {
  model: text,
  messages: list("[]api.Message", message),
  stream: bool,
  format: raw,
  keep_alive: keepAlive,
  tools,
  options: map,
  think,
  truncate: bool,
  shift: bool,
  _debug_render_only: bool,
  logprobs: bool,
  top_logprobs: int,
};

/** The body of `/api/chat`. */
export const chatRequest = struct("api.ChatRequest", chatFields);

const generateFields = {
  model: text,
  prompt: text,
  suffix: text,
  system: text,
  template: text,
  context: list("[]int", int),
  stream: bool,
  raw: bool,
  format: raw,
  keep_alive: keepAlive,
  images,
  options: map,
  think,
  truncate: bool,
  shift: bool,
  _debug_render_only: bool,
  logprobs: bool,
  top_logprobs: int,
};

/** The body of `/api/generate`. */
export const generateRequest = struct("api.GenerateRequest", generateFields);

/** A node that knows no schemas reads `format` as a text. */
const textFormat: GoType<JsonNode> = {
  decode: (node, place) => (text.decode(node, place) === undefined ? undefined : node),
};

/** The same bodies as versions read them that know no schemas. */
export const schemalessRequests = {
  chat: struct("api.ChatRequest", { ...chatFields, format: textFormat }),
  generate: struct("api.GenerateRequest", { ...generateFields, format: textFormat }),
};

/** The body of `/api/show`. */
export const showRequest = struct("api.ShowRequest", {
  model: text,
  system: text,
  template: text,
  verbose: bool,
  options: map,
  name: text,
});
