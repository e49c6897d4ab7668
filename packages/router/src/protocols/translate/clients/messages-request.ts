import type { NeutralRequest, NeutralTool, ThinkingWish } from "../neutral.ts";
import {
  childOf,
  childrenOf,
  type Fields,
  flagOf,
  integerOf,
  isList,
  memberOf,
  numberOf,
  rejectMember,
  textOf,
  textsOf,
} from "./fields.ts";
import { decodeWith, messagesRules } from "./member-rules.ts";
import { readMessageParams } from "./message-blocks.ts";
import { readFunction, readSchema, tokenLimit } from "./openai-values.ts";

/** Reads a body of `/v1/messages`. */
export const decodeMessages = decodeWith(messagesRules, (fields) => {
  const system = readSystem(fields);
  const messages = readMessageParams(fields);
  const choice = childOf(fields, "tool_choice");
  return {
    isStream: flagOf(fields, "stream") ?? false,
    wantsUsage: false,
    messages:
      system === ""
        ? messages
        : [{ role: "system", parts: [{ kind: "text", text: system }], toolCalls: [] }, ...messages],
    tools: childrenOf(fields, "tools").map(readTool),
    toolChoice: choice && readToolChoice(choice),
    parallelToolCalls: choice && flagOf(choice, "disable_parallel_tool_use") ? false : undefined,
    format: readFormat(fields),
    thinking: readThinking(fields),
    sampling: {
      temperature: numberOf(fields, "temperature"),
      topP: numberOf(fields, "top_p"),
      topK: numberOf(fields, "top_k"),
      stop: readStopSequences(fields),
      maxTokens: tokenLimit(integerOf(fields, "max_tokens")),
    },
  };
});

/** A text, or blocks of it, which are put together. */
const readSystem = (fields: Fields): string => {
  const system = memberOf(fields, "system");
  if (!isList(system)) return textOf(fields, "system") ?? "";
  return childrenOf(fields, "system").map(readSystemBlock).join("");
};

const readSystemBlock = (block: Fields): string => {
  if (memberOf(block, "type") === "text") return textOf(block, "text") ?? "";
  rejectMember(block, "type", "must be text");
  return "";
};

const readStopSequences = (fields: Fields): readonly string[] | undefined => {
  const stops = textsOf(fields, "stop_sequences");
  return stops.length === 0 ? undefined : stops;
};

/** Tools that Anthropic's servers run, or that its models know without a schema, have no counterpart. */
const readTool = (tool: Fields): NeutralTool => {
  const type = textOf(tool, "type") || "custom";
  if (type === "custom") return readFunction(tool, "input_schema");
  rejectMember(tool, "type", `tools of the type ${JSON.stringify(type)} cannot be translated`);
  return { name: "" };
};

const readToolChoice = (choice: Fields): NeutralRequest["toolChoice"] => {
  const type = textOf(choice, "type");
  switch (type) {
    case "auto":
    case "none":
      return type;
    case "any":
      return "required";
    case "tool": {
      const name = textOf(choice, "name");
      return name ? { name } : rejectMember(choice, "name", "must name a tool");
    }
    default:
      return rejectMember(choice, "type", "must be auto, any, none or tool");
  }
};

/** The form of the answer, which stands in `output_config` and stood in a member of its own before. */
const readFormat = (fields: Fields): NeutralRequest["format"] => {
  const output = childOf(fields, "output_config");
  const place = output !== undefined && memberOf(output, "format") !== undefined ? output : fields;
  const name = place === output ? "format" : "output_format";
  const format = childOf(place, name);
  if (format === undefined) return undefined;
  if (memberOf(format, "type") === "json_schema") return readSchema(format, place, name);
  return rejectMember(format, "type", "must be json_schema");
};

const efforts: ReadonlyMap<string, ThinkingWish> = new Map<string, ThinkingWish>([
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "high"],
  ["max", "max"],
]);

/** `thinking` decides, and only without it the effort; adaptive thinking and unknown efforts say nothing, as in Ollama. */
const readThinking = (fields: Fields): ThinkingWish | undefined => {
  const thinking = childOf(fields, "thinking");
  const type = thinking && textOf(thinking, "type");
  if (type === "enabled") return true;
  if (type === "disabled") return false;
  const output = childOf(fields, "output_config");
  const effort = output && textOf(output, "effort");
  return effort === undefined ? undefined : efforts.get(effort.trim().toLowerCase());
};
