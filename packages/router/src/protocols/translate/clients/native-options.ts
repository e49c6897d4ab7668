/** `options` of Ollama's own routes, and what else no other API has. */
import type { Json, JsonObject, NeutralSampling } from "../neutral.ts";
import { complain, type Fields, isList, memberOf, objectOf } from "./fields.ts";
import { tokenLimit } from "./openai-values.ts";

export interface NativeOptions {
  readonly sampling: NeutralSampling;
  /** What remains: the size of the context, how the model is loaded, options of other versions. */
  readonly options: JsonObject;
}

/** Reads the options; those of a wrong type are refused in Ollama's words, null ones count as absent. */
export const readOptions = (fields: Fields): NativeOptions => {
  const sampling: Growing = {};
  const rest: [string, Json][] = [];
  for (const [name, value] of Object.entries(objectOf(fields, "options") ?? {})) {
    if (value !== null && !readSampling(fields, { name, value }, sampling)) rest.push([name, value]);
  }
  return { sampling, options: Object.fromEntries(rest) };
};

/** Members that only Ollama's own routes have, as they came. */
export const readNativeWords = (
  fields: Fields,
): { readonly keepAlive: Json | undefined; readonly members: JsonObject } => {
  const members = ["truncate", "shift"].flatMap((name) => {
    const value = memberOf(fields, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { keepAlive: memberOf(fields, "keep_alive"), members: Object.fromEntries(members) };
};

type Growing = { -readonly [Name in keyof NeutralSampling]: NeutralSampling[Name] };

interface Option {
  readonly name: string;
  readonly value: Json;
}

/** Whether an option is one of the sampling. */
const readSampling = (fields: Fields, { name, value }: Option, sampling: Growing): boolean => {
  const target = samplingNames.get(name);
  if (target !== undefined) sampling[target] = readNumber(fields, name, value);
  else if (name === "stop") sampling.stop = readStops(fields, value);
  else return false;
  return true;
};

type NumberName = Exclude<keyof NeutralSampling, "stop" | "logitBias">;

const samplingNames: ReadonlyMap<string, NumberName> = new Map<string, NumberName>([
  ["temperature", "temperature"],
  ["top_p", "topP"],
  ["top_k", "topK"],
  ["min_p", "minP"],
  ["typical_p", "typicalP"],
  ["seed", "seed"],
  ["num_predict", "maxTokens"],
  ["frequency_penalty", "frequencyPenalty"],
  ["presence_penalty", "presencePenalty"],
  ["repeat_penalty", "repeatPenalty"],
  ["repeat_last_n", "repeatLastN"],
]);

const integers: ReadonlySet<string> = new Set(["top_k", "seed", "repeat_last_n", "num_predict"]);

/** The fraction of a whole number is cut off; an absent bound and none at all are the same. */
const readNumber = (fields: Fields, name: string, value: Json): number | undefined => {
  const type = integers.has(name) ? "integer" : "float32";
  if (typeof value !== "number" || !Number.isFinite(value)) return refuseType(fields, name, type);
  const number = type === "integer" ? Math.trunc(value) : value;
  return name === "num_predict" ? tokenLimit(number) : number;
};

const readStops = (fields: Fields, value: Json): readonly string[] | undefined =>
  isList(value) && value.every((item) => typeof item === "string") ? value : refuseType(fields, "stop", "array");

const refuseType = (fields: Fields, name: string, type: string): undefined =>
  complain(fields.complaints, `option ${JSON.stringify(name)} must be of type ${type}`);
