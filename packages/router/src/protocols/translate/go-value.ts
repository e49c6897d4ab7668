import { goJsonString } from "../go-types/go-json.ts";
import type { Json, JsonObject } from "./neutral.ts";

/** Whether members stand in the order in which they came, or in alphabetical order, as Go prints a map. */
export type MemberOrder = "kept" | "sorted";

/** A JSON value in the bytes of Go's encoder, however deep it is nested; numbers that JSON cannot hold become null. */
export const goJson = (value: Json, order: MemberOrder = "kept"): string => {
  const tasks: Task[] = [{ value }];
  let written = "";
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if ("text" in task) written += task.text;
    else if (isNested(task.value)) pushNested(tasks, task.value, order);
    else written += scalarText(task.value);
  }
  return written;
};

/** An object of members that are JSON text already; undefined ones are left out. Names are plain ASCII. */
export const goObject = (members: Readonly<Record<string, string | undefined>>): string => {
  let written = "";
  for (const [name, text] of Object.entries(members)) {
    if (text !== undefined) written += `${written === "" ? "" : ","}"${name}":${text}`;
  }
  return `{${written}}`;
};

/** A list of values that are JSON text already. */
export const goList = (texts: readonly string[]): string => `[${texts.join(",")}]`;

/** What Go's encoder escapes beyond JSON's rules, for a piece of JSON text: these characters stand in strings only. */
export const escapeMarkup = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A text that is to be written as it is, or a value that is still to be written. */
type Task = { readonly text: string } | { readonly value: Json };

const isNested = (value: Json): value is readonly Json[] | JsonObject => typeof value === "object" && value !== null;

const scalarText = (value: null | boolean | number | string): string => {
  if (typeof value === "string") return goJsonString(value);
  if (Object.is(value, -0)) return "-0";
  return typeof value === "number" && !Number.isFinite(value) ? "null" : String(value);
};

/** Puts the parts of a value onto the pile, the first on top. */
const pushNested = (tasks: Task[], value: readonly Json[] | JsonObject, order: MemberOrder): void => {
  const parts = isList(value) ? value.map((item) => ["", item] as const) : membersOf(value, order);
  const [open, close] = isList(value) ? ["[", "]"] : ["{", "}"];
  tasks.push({ text: close });
  for (const [index, [label, inner]] of [...parts.entries()].reverse()) {
    tasks.push({ value: inner }, { text: `${index === 0 ? "" : ","}${label}` });
  }
  tasks.push({ text: open });
};

const membersOf = (value: JsonObject, order: MemberOrder): readonly (readonly [label: string, value: Json])[] => {
  const entries = Object.entries(value);
  if (order === "sorted") entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return entries.map(([name, inner]) => [`${goJsonString(name)}:`, inner] as const);
};

const isList = (value: readonly Json[] | JsonObject): value is readonly Json[] => Array.isArray(value);

/** Whether a text is one JSON value. */
export const isWholeJson = (text: string): boolean => parsedJson(text) !== undefined;

/** The value of a JSON text; undefined for any other text. */
export const parsedJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};

/** The object that the text of a call's arguments describes, in Go's bytes; undefined for any other text. */
export const argumentsObject = (argumentsText: string): string | undefined => {
  const value = argumentsText.trim() === "" ? {} : parsedJson(argumentsText);
  return value !== undefined && isNested(value) && !isList(value) ? goJson(value) : undefined;
};
