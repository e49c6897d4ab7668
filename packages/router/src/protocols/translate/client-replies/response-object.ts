/**
 * The response object of `/v1/responses`. Ollama writes it in two ways: a single reply in the order of its struct, which
 * is the order here, and the events of a stream in alphabetical order. What was asked is said again.
 */
import { goJsonString } from "../../go-types/go-json.ts";
import { goJson, goList, goObject } from "../go-value.ts";
import type { Json, JsonObject, NeutralUsage, ReplyHeading } from "../neutral.ts";
import { secondsText } from "./reply-values.ts";

type Members = Readonly<Record<string, string | undefined>>;

/** Writes an object in one of the two orders. */
export type WriteObject = (members: Members) => string;

/** In the order of the members. */
export const structOrder: WriteObject = goObject;

/** In alphabetical order. */
export const mapOrder: WriteObject = (members) =>
  goObject(Object.fromEntries(Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1))));

/** What changes between the objects of one reply. */
export interface ResponseState {
  readonly status: "in_progress" | "completed";
  /** The items as a JSON list, or `null`. */
  readonly output: string;
  /** Undefined while it is not known. */
  readonly usage: NeutralUsage | undefined;
}

/** Writes the response objects of one reply. */
export const createResponseObject = (heading: ReplyHeading, id: string, write: WriteObject) => {
  const echo = echoOf(heading.body);
  const isStruct = write === structOrder;
  return ({ status, output, usage }: ResponseState): string => {
    const seconds = secondsText(heading.now());
    return write({
      id: goJsonString(id),
      object: '"response"',
      created_at: seconds,
      completed_at: status === "completed" ? seconds : "null",
      status: goJsonString(status),
      incomplete_details: "null",
      model: goJsonString(heading.model),
      previous_response_id: "null",
      instructions: jsonOr(echo.text("instructions") || undefined, "null"),
      output,
      error: "null",
      tools: goList(echo.list("tools").map((tool) => toolText(tool, write))),
      tool_choice: '"auto"',
      truncation: jsonOr(echo.text("truncation"), '"disabled"'),
      parallel_tool_calls: "true",
      text: goObject({ format: formatText(echo.object("text"), write) }),
      top_p: jsonOr(echo.value("top_p"), "1"),
      ...{ presence_penalty: "0", frequency_penalty: "0", top_logprobs: "0" },
      temperature: jsonOr(echo.value("temperature"), "1"),
      reasoning: reasoningText(echo.object("reasoning"), isStruct, write),
      usage: status === "completed" ? usageText(usage, write) : "null",
      max_output_tokens: jsonOr(echo.value("max_output_tokens"), "null"),
      ...{ max_tool_calls: "null", store: "false", background: jsonOr(echo.value("background"), "false") },
      ...{ service_tier: '"default"', metadata: "{}", safety_identifier: "null", prompt_cache_key: "null" },
    });
  };
};

/** Looks at members as Go finds them, whatever their letter case; those of a wrong type count as absent. */
const echoOf = (body: Json | undefined) => {
  const members = new Map(
    isRecord(body) ? Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]) : [],
  );
  const value = (name: string): Json | undefined => members.get(name) ?? undefined;
  return {
    value,
    text: (name: string) => textIn(value(name)),
    object: (name: string) => echoOf(value(name)).self,
    list: (name: string) => {
      const list = value(name);
      return Array.isArray(list) ? (list as readonly Json[]) : [];
    },
    self: isRecord(body) ? body : undefined,
  };
};

const isRecord = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const textIn = (value: Json | undefined): string | undefined => (typeof value === "string" ? value : undefined);

const jsonOr = (value: Json | undefined, absent: string): string => (value === undefined ? absent : goJson(value));

/** The schema of the arguments went through a map, so it is in alphabetical order at every depth. */
const toolText = (tool: Json, write: WriteObject): string => {
  const echo = echoOf(tool);
  const parameters = echo.object("parameters");
  return write({
    type: goJsonString(echo.text("type") ?? ""),
    name: goJsonString(echo.text("name") ?? ""),
    description: jsonOr(echo.text("description"), "null"),
    strict: jsonOr(echo.value("strict"), "null"),
    parameters: parameters === undefined ? "null" : goJson(parameters, "sorted"),
  });
};

/** The schema of an answer keeps its order. */
const formatText = (text: JsonObject | undefined, write: WriteObject): string => {
  const format = echoOf(text).object("format");
  if (format === undefined) return '{"type":"text"}';
  const echo = echoOf(format);
  const [name, schema, strict] = [echo.text("name") || undefined, echo.value("schema"), echo.value("strict")];
  return write({
    type: goJsonString(echo.text("type") ?? ""),
    name: name && goJsonString(name),
    schema: schema === undefined ? undefined : goJson(schema),
    strict: strict === undefined ? undefined : goJson(strict),
  });
};

/** A stream names both members, a single reply only those that were sent. */
const reasoningText = (reasoning: JsonObject | undefined, isStruct: boolean, write: WriteObject): string => {
  const echo = echoOf(reasoning);
  const [effort, summary] = [echo.text("effort") || undefined, echo.text("summary") || undefined];
  if (effort === undefined && summary === undefined) return "null";
  const absent = isStruct ? undefined : "null";
  const members = { effort: effort && goJsonString(effort), summary: summary && goJsonString(summary) };
  return write({ effort: members.effort ?? absent, summary: members.summary ?? absent });
};

/** Zeros where nothing was told. */
const usageText = (usage: NeutralUsage | undefined, write: WriteObject): string => {
  const [input, output] = [usage?.promptTokens ?? 0, usage?.outputTokens ?? 0];
  return write({
    input_tokens: String(input),
    output_tokens: String(output),
    total_tokens: String(input + output),
    input_tokens_details: goObject({ cached_tokens: String(usage?.cachedTokens ?? 0) }),
    output_tokens_details: goObject({ reasoning_tokens: String(usage?.thinkingTokens ?? 0) }),
  });
};
