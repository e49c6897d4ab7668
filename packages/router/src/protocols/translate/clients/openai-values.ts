/** Values that OpenAI's routes share. */
import type { Json, NeutralRequest, NeutralSampling, NeutralTool, ThinkingWish } from "../neutral.ts";
import {
  childOf,
  childrenOf,
  complain,
  type Fields,
  flagOf,
  isList,
  isObject,
  memberOf,
  numberOf,
  objectOf,
  rejectMember,
  textOf,
} from "./fields.ts";

/** `stop`: one text or a list of texts. */
export const readStop = (fields: Fields): readonly string[] | undefined => {
  const stop = memberOf(fields, "stop");
  if (stop === undefined) return undefined;
  if (typeof stop === "string") return [stop];
  if (isList(stop) && stop.every((item) => typeof item === "string")) return stop;
  return rejectMember(fields, "stop", "must be a text or a list of texts");
};

/** An upper bound of output tokens; zero and negative ones are none, as in Ollama. */
export const tokenLimit = (limit: number | undefined): number | undefined =>
  limit === undefined || limit < 1 ? undefined : limit;

/** How many alternative answers are wanted. */
export const readChoices = (fields: Fields): number | undefined => {
  const choices = numberOf(fields, "n");
  if (choices === undefined || (Number.isInteger(choices) && choices >= 1)) return choices;
  return rejectMember(fields, "n", "must be a whole number from 1 on");
};

/** Further sampling that servers with OpenAI's API take beyond it. */
export const readExtraSampling = (fields: Fields): NeutralSampling => ({
  topK: numberOf(fields, "top_k"),
  minP: numberOf(fields, "min_p"),
  typicalP: numberOf(fields, "typical_p"),
  repeatPenalty: numberOf(fields, "repeat_penalty") ?? numberOf(fields, "repetition_penalty"),
});

const efforts: ReadonlyMap<string, ThinkingWish> = new Map<string, ThinkingWish>([
  ["none", false],
  ["minimal", "minimal"],
  ["low", "low"],
  ["medium", "medium"],
  ["high", "high"],
  ["xhigh", "max"],
  ["ultra", "max"],
  ["max", "max"],
]);

/** An effort of thinking; `quote` is the way in which the route's error shows a wrong one. */
export const readEffort = (
  fields: Fields,
  effort: string | undefined,
  quote: (effort: string) => string,
): ThinkingWish | undefined => {
  if (effort === undefined || effort === "") return undefined;
  const wish = efforts.get(effort);
  if (wish !== undefined) return wish;
  const known = '"high", "medium", "low", "max", or "none"';
  return complain(fields.complaints, `invalid reasoning value: ${quote(effort)} (must be ${known})`);
};

type ToolChoice = NeutralRequest["toolChoice"];

/** `tool_choice`; `nameIn` finds the name in the object that names one function. */
export const readToolChoice = (fields: Fields, nameIn: (choice: Fields["members"]) => Json | undefined): ToolChoice => {
  const choice = memberOf(fields, "tool_choice");
  if (choice === undefined || choice === "auto" || choice === "none" || choice === "required") return choice;
  const name = isObject(choice) && choice["type"] === "function" ? nameIn(new Map(Object.entries(choice))) : undefined;
  if (typeof name === "string" && name !== "") return { name };
  return rejectMember(fields, "tool_choice", "must be auto, none, required, or name a function");
};

/** A schema that answers must follow; a description of the form of anything but an object is none. */
export const readSchema = (fields: Fields | undefined, of: Fields, place: string): NeutralRequest["format"] => {
  const schema = fields === undefined ? undefined : memberOf(fields, "schema");
  if (fields === undefined || !isObject(schema)) {
    return rejectMember(of, place, "must hold a JSON Schema object");
  }
  const strict = memberOf(fields, "strict");
  return {
    kind: "schema",
    name: textOf(fields, "name") || DEFAULT_SCHEMA_NAME,
    schema,
    strict: typeof strict === "boolean" ? strict : undefined,
  };
};

/** What a schema without a name is called where one is needed. */
export const DEFAULT_SCHEMA_NAME = "response";

/** Tools in the form that OpenAI's chats and Ollama's share. */
export const readFunctionTools = (fields: Fields): readonly NeutralTool[] =>
  childrenOf(fields, "tools").map((tool) => {
    const type = textOf(tool, "type") ?? "function";
    if (type !== "function")
      rejectMember(tool, "type", `tools of the type ${JSON.stringify(type)} cannot be translated`);
    const described = childOf(tool, "function");
    if (described === undefined) {
      if (type === "function") rejectMember(tool, "function", "must be an object");
      return { name: "" };
    }
    return readFunction(described, "parameters");
  });

/** A function by its name, its description and the schema of its arguments, which stands in the member `schema`. */
export const readFunction = (fields: Fields, schema: string): NeutralTool => {
  const name = textOf(fields, "name");
  if (name === undefined || name === "") rejectMember(fields, "name", "must not be empty");
  return {
    name: name ?? "",
    description: textOf(fields, "description"),
    parameters: objectOf(fields, schema),
    strict: flagOf(fields, "strict"),
  };
};
