/** Go types that several native requests share, with their own error texts. */
import { checkGoBase64 } from "../json/go-base64.ts";
import { parseGoDuration } from "../json/go-duration.ts";
import { aliasStruct, custom, type Decoded, type GoType, int, list, raw, struct, text } from "../json/go-type.ts";
import type { JsonNode } from "../json/parse-json.ts";

const goKinds: Record<JsonNode["kind"], string> = {
  null: "nil",
  bool: "bool",
  number: "float64",
  string: "string",
  array: "[]interface {}",
  object: "map[string]interface {}",
};

/** `keep_alive`: seconds or a Go duration; milliseconds here, every negative one means for ever. */
export const keepAlive: GoType<number> = custom((node): Decoded<number> => {
  if (node.kind === "number") return { ok: true, value: Number(node.text) * 1000 };
  if (node.kind === "string") return parseGoDuration(node.value);
  return { ok: false, error: `Unsupported type: '${goKinds[node.kind]}'` };
});

const thinkLevels = ["high", "medium", "low", "max"];

/** `think`: a switch or a level. */
export const think: GoType<boolean | string> = custom((node): Decoded<boolean | string> => {
  if (node.kind === "bool") return { ok: true, value: node.value };
  const wanted = '"high", "medium", "low", "max", true, or false';
  if (node.kind !== "string") return { ok: false, error: `think must be a boolean or string (${wanted})` };
  if (thinkLevels.includes(node.value)) return { ok: true, value: node.value };
  return { ok: false, error: `invalid think value: ${JSON.stringify(node.value)} (must be ${wanted})` };
});

const image: GoType<string> = {
  decode(node, place) {
    if (node.kind !== "string") return text.decode(node, place);
    const checked = checkGoBase64(node.value);
    if (!checked.ok) place.errors.push(checked.error);
    return node.value;
  },
};

/** Base64 pictures. */
export const images = list("[]api.ImageData", image);

/** The arguments of a call: an object, or the text of a decoder that was written for it. */
export const callArguments: GoType<JsonNode> = custom((node): Decoded<JsonNode> => {
  if (node.kind === "object") return { ok: true, value: node };
  return { ok: false, error: "Value looks like object, but can't find closing '}' symbol" };
});

const toolCall = struct("api.ToolCall", {
  id: text,
  function: struct("api.ToolCallFunction", { index: int, name: text, arguments: callArguments }),
});

/** One message of a chat. */
export const message = aliasStruct("api.Alias", {
  role: text,
  content: text,
  thinking: text,
  images,
  tool_calls: list("[]api.ToolCall", toolCall),
  tool_name: text,
  tool_call_id: text,
});

/** The tools of a request; what their parameters look like is the model's business. */
export const tools = list(
  "api.Tools",
  struct("api.Tool", {
    type: text,
    function: struct("api.ToolFunction", { name: text, description: text, parameters: raw }),
  }),
);
