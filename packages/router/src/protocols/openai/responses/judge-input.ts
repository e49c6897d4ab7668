import { findTypeError } from "../../go-types/find-type-error.ts";
import type { GoStruct } from "../../go-types/go-type.ts";
import { goQuote } from "../../json/go-quote.ts";
import { skipValue } from "../../json/skip.ts";
import { stringAt } from "../../json/text.ts";
import { valueKind } from "../../json/value-kind.ts";
import { walkElements } from "../../json/walk.ts";
import { createObjectReader, type ReadField } from "../../reading/object-reader.ts";
import { itemHead, itemTypes, partHead, partTypes } from "./item-types.ts";

/** Judges one value: Ollama's words for what is wrong with it, or undefined. */
type Judge = (body: Uint8Array, at: number) => string | undefined;

/** Ollama's words for an `input` that it cannot read: a text, or a list of items each of which tells its type. */
export const judgeInput: Judge = (body, at) => judgeTextOrList("input", judgeItem)(body, at);

/** Where a text may stand in place of a list. */
const judgeTextOrList =
  (name: string, judgeEntry: Judge): Judge =>
  (body, at) => {
    const kind = valueKind(body, at);
    if (kind === "string" || kind === "null") return undefined;
    if (kind === "array") return judgeEntries(body, at, { name, judgeEntry });
    return `${name} must be a string or array: json: cannot unmarshal ${kind} into Go value of type []json.RawMessage`;
  };

const judgeEntries = (
  body: Uint8Array,
  at: number,
  { name, judgeEntry }: { readonly name: string; readonly judgeEntry: Judge },
): string | undefined => {
  let problem: string | undefined;
  let index = 0;
  walkElements(body, at, (start) => {
    const found = problem === undefined ? judgeEntry(body, start) : undefined;
    if (found !== undefined) problem = `${name}[${index}]: ${found}`;
    index += 1;
    return skipValue(body, start);
  });
  return problem;
};

/** What counts of an item for reading it. */
interface Parts {
  readonly body: Uint8Array;
  type: string;
  role: string;
  content: number | undefined;
  output: number | undefined;
}

const readText =
  (field: "type" | "role"): ReadField<Parts> =>
  (parts, at) => {
    if (valueKind(parts.body, at) === "string") parts[field] = stringAt(parts.body, at);
    return skipValue(parts.body, at);
  };

const notePlace =
  (field: "content" | "output"): ReadField<Parts> =>
  (parts, at) => {
    parts[field] = at;
    return skipValue(parts.body, at);
  };

const readParts = createObjectReader<Parts>({
  type: readText("type"),
  role: readText("role"),
  content: notePlace("content"),
  output: notePlace("output"),
});

const partsOf = (body: Uint8Array, at: number): Parts => {
  const parts: Parts = { body, type: "", role: "", content: undefined, output: undefined };
  readParts(parts, at);
  return parts;
};

/** An item without a type is a message when it has a role. */
const judgeItem: Judge = (body, at) => {
  const problem = findTypeError(body, at, itemHead);
  if (problem !== undefined) return problem;
  const parts = partsOf(body, at);
  const type = parts.type === "" && parts.role !== "" ? "message" : parts.type;
  if (type === "") return "input item missing required 'type' field";
  const known = itemTypes.get(type);
  return known === undefined ? `unknown input item type: ${goQuote(type)}` : judgeKnown(parts, at, { type, known });
};

const judgeKnown = (
  { body, content, output }: Parts,
  at: number,
  { type, known }: { readonly type: string; readonly known: GoStruct },
): string | undefined => {
  const problem = findTypeError(body, at, known);
  if (problem !== undefined) return problem;
  if (type === "message" && content !== undefined) return judgeContent(body, content);
  return type === "function_call_output" && output !== undefined ? judgeOutput(body, output) : undefined;
};

const judgePart: Judge = (body, at) => {
  const problem = findTypeError(body, at, partHead);
  if (problem !== undefined) return problem;
  const { type } = partsOf(body, at);
  const known = partTypes.get(type);
  return known === undefined ? `unknown content type: ${type}` : findTypeError(body, at, known);
};

const judgeContent = judgeTextOrList("content", judgePart);
const judgeOutput = judgeTextOrList("output", judgePart);
