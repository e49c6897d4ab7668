import { goQuote } from "../../json/go-quote.ts";
import type { NeutralRequest, NeutralTool } from "../neutral.ts";
import {
  childOf,
  childrenOf,
  type Fields,
  flagOf,
  integerOf,
  numberOf,
  rejectMember,
  textOf,
  textsOf,
} from "./fields.ts";
import { decodeWith, responsesRules } from "./member-rules.ts";
import { readEffort, readFunction, readSchema, readToolChoice, tokenLimit } from "./openai-values.ts";
import { readInput } from "./responses-input.ts";

/** Reads a body of `/v1/responses`. Only the temperature has a default of its own here: so Ollama calls its models. */
export const decodeResponse = decodeWith(responsesRules, (fields) => {
  const instructions = textOf(fields, "instructions");
  const input = readInput(fields);
  return {
    isStream: flagOf(fields, "stream") ?? false,
    wantsUsage: false,
    messages: instructions
      ? [{ role: "system", parts: [{ kind: "text", text: instructions }], toolCalls: [] }, ...input]
      : input,
    tools: childrenOf(fields, "tools").map(readTool),
    toolChoice: readToolChoice(fields, (choice) => choice.get("name")),
    parallelToolCalls: flagOf(fields, "parallel_tool_calls"),
    format: readFormat(fields),
    thinking: readThinking(fields),
    logprobs: readLogprobs(fields),
    sampling: {
      temperature: numberOf(fields, "temperature") ?? 1,
      topP: numberOf(fields, "top_p"),
      maxTokens: tokenLimit(integerOf(fields, "max_output_tokens")),
    },
  };
});

/** Tools that a server would run itself have no counterpart. */
const readTool = (tool: Fields): NeutralTool => {
  const type = textOf(tool, "type") ?? "function";
  if (type === "function") return readFunction(tool, "parameters");
  rejectMember(tool, "type", `tools of the type ${JSON.stringify(type)} cannot be translated`);
  return { name: "" };
};

const readFormat = (fields: Fields): NeutralRequest["format"] => {
  const text = childOf(fields, "text");
  const verbosity = text && textOf(text, "verbosity");
  if (text && verbosity && verbosity !== "medium") rejectMember(text, "verbosity", "no other API has a counterpart");
  const format = text && childOf(text, "format");
  const type = format && textOf(format, "type");
  if (text === undefined || !type || type === "text") return undefined;
  if (type === "json_object") return { kind: "json" };
  if (type === "json_schema") return readSchema(format, text, "format");
  return rejectMember(text, "format.type", "must be text, json_object or json_schema");
};

const readThinking = (fields: Fields): NeutralRequest["thinking"] => {
  const reasoning = childOf(fields, "reasoning");
  return reasoning && readEffort(fields, textOf(reasoning, "effort"), goQuote);
};

/** They are told only to those who ask for them by name. */
const readLogprobs = (fields: Fields): NeutralRequest["logprobs"] => {
  const top = integerOf(fields, "top_logprobs") ?? 0;
  const isAsked = top > 0 || textsOf(fields, "include").includes("message.output_text.logprobs");
  return isAsked ? { top } : undefined;
};
