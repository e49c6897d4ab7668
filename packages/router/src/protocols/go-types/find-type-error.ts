import { skipValue } from "../json/skip.ts";
import { literalAt, numberAt } from "../json/text.ts";
import { type ValueKind, valueKind } from "../json/value-kind.ts";
import { walkElements, walkMembers } from "../json/walk.ts";
import type { GoCustom, GoStruct, GoType } from "./go-type.ts";
import { findUnreadableNumber } from "./unreadable-number.ts";

/**
 * The error with which Go's decoder refuses a well-formed value for a type, in its words; undefined when it takes it.
 * `at` is where the value starts. Go goes on after a mismatch and reports the first one at the end, unless a type that
 * decodes itself refuses later: that ends the decoding at once.
 */
export const findTypeError = (body: Uint8Array, at: number, type: GoType): string | undefined => {
  const problem = judge({ body, struct: "", path: [] }, at, type);
  if (problem === undefined || "text" in problem) return problem?.text;
  const { value, struct, path } = problem;
  const place = struct === "" && path.length === 0 ? "value" : `struct field ${struct}.${path.join(".")}`;
  return `json: cannot unmarshal ${value} into Go ${place} of type ${problem.type}`;
};

/** What Go calls a mismatch, with the innermost struct and the names of the fields on the way. */
interface Mismatch {
  readonly isFinal: boolean;
  readonly value: string;
  readonly type: string;
  readonly struct: string;
  readonly path: readonly string[];
}

type Problem = Mismatch | { readonly isFinal: true; readonly text: string };

interface Place {
  readonly body: Uint8Array;
  /** Name of the struct around the value, without its package. */
  readonly struct: string;
  readonly path: readonly string[];
}

const judge = (place: Place, at: number, type: GoType): Problem | undefined => {
  const kind = valueKind(place.body, at);
  if (kind === "null" || type.kind === "opaque") return undefined;
  if (type.kind === "any") return judgeNumbers(place, at);
  if (type.kind === "custom") return judgeCustom(place, at, type);
  if (type.kind === "struct" && type.alias !== undefined) return judgeAlias(place, at, aliasOf(type, type.alias));
  return isTaken(type, kind) ? judgeInside(place, at, type) : { ...mismatch(place, kind), type: printedName(type) };
};

const aliasOf = (type: GoStruct, name: string): GoStruct => ({ ...type, name, printed: name });

const printedName = (type: NamedType): string => (type.kind === "struct" ? type.printed : type.name);

type NamedType = Exclude<GoType, { readonly kind: "opaque" | "any" | "custom" }>;

const isTaken = (type: NamedType, kind: ValueKind): boolean => {
  switch (type.kind) {
    case "string":
    case "bool":
      return kind === type.kind;
    case "integer":
    case "float":
      return kind === "number";
    case "bytes":
      return kind === "string" || kind === "array";
    case "slice":
      return kind === "array";
    case "map":
    case "struct":
      return kind === "object";
  }
};

const judgeInside = (place: Place, at: number, type: NamedType): Problem | undefined => {
  switch (type.kind) {
    case "string":
    case "bool":
    case "bytes":
      return undefined;
    case "integer":
    case "float":
      return judgeNumber(place, at, type);
    case "slice":
      return judgeElements(place, at, type.element);
    case "map":
      return judgeValues(place, at, type.element);
    case "struct":
      return judgeFields(place, at, type);
  }
};

const mismatch = ({ struct, path }: Place, value: string): Omit<Mismatch, "type"> => ({
  isFinal: false,
  value,
  struct,
  path,
});

const judgeCustom = (place: Place, at: number, type: GoCustom): Problem | undefined => {
  const number = type.isByAny ? judgeNumbers(place, at) : undefined;
  if (number !== undefined) return { ...number, isFinal: true };
  const text = type.judge(place.body, at);
  return text === undefined ? undefined : { isFinal: true, text };
};

/** Numbers become doubles in an `any`, however deep; one out of range is an error. */
const judgeNumbers = (place: Place, at: number): Mismatch | undefined => {
  const literal = findUnreadableNumber(place.body, at);
  return literal === undefined ? undefined : { ...mismatch(place, `number ${literal}`), type: "float64" };
};

const judgeNumber = (
  place: Place,
  at: number,
  type: Extract<GoType, { readonly kind: "integer" | "float" }>,
): Problem | undefined => {
  const literal = literalAt(place.body, at);
  const isHeld = type.kind === "float" ? isFloat(numberAt(place.body, at), type.bits) : isInteger(literal, type.bits);
  return isHeld ? undefined : { ...mismatch(place, `number ${literal}`), type: type.name };
};

const isFloat = (number: number, bits: 32 | 64): boolean => Number.isFinite(bits === 32 ? Math.fround(number) : number);

const isInteger = (literal: string, bits: 32 | 64): boolean =>
  /^-?\d{1,20}$/.test(literal) && BigInt.asIntN(bits, BigInt(literal)) === BigInt(literal);

/** The problem that Go reports of one found and what comes after it. */
const first = (found: Problem | undefined, next: () => Problem | undefined): Problem | undefined => {
  if (found === undefined) return next();
  if (found.isFinal) return found;
  const later = next();
  return later?.isFinal === true ? later : found;
};

const judgeElements = (place: Place, at: number, element: GoType): Problem | undefined => {
  let found: Problem | undefined;
  walkElements(place.body, at, (start) => {
    found = first(found, () => judge(place, start, element));
    return skipValue(place.body, start);
  });
  return found;
};

const judgeValues = (place: Place, at: number, element: GoType): Problem | undefined => {
  let found: Problem | undefined;
  walkMembers(place.body, at, (start) => {
    found = first(found, () => judge(place, start, element));
    return skipValue(place.body, start);
  });
  return found;
};

const judgeFields = (place: Place, at: number, type: GoStruct): Problem | undefined => {
  let found: Problem | undefined;
  walkMembers(place.body, at, (start, head) => {
    const field = type.lookup(place.body, head.keyStart, head.keyEnd);
    found = first(found, () => judgeField(place, start, { type, field }));
    return skipValue(place.body, start);
  });
  return found;
};

const judgeField = (
  place: Place,
  at: number,
  { type, field }: { readonly type: GoStruct; readonly field: string | undefined },
): Problem | undefined => {
  const fieldType = field === undefined ? undefined : type.fields.get(field);
  if (field === undefined || fieldType === undefined) return undefined;
  const struct = type.name.slice(type.name.indexOf(".") + 1);
  return judge({ body: place.body, struct, path: [...place.path, field] }, at, fieldType);
};

/** A type that decodes itself starts anew under its alias: the struct named is the outer one, the path goes on. */
const judgeAlias = (place: Place, at: number, alias: GoStruct): Problem | undefined => {
  const problem = judge({ body: place.body, struct: "", path: [] }, at, { ...alias, alias: undefined });
  if (problem === undefined || "text" in problem) return problem;
  return { ...problem, isFinal: true, struct: place.struct, path: [...place.path, ...problem.path] };
};
