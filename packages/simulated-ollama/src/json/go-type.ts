/**
 * Typed decoding with the observable rules of Go's `encoding/json`: keys match whatever their letter case, unknown keys
 * are ignored, `null` leaves a field unset, and the *first* wrong value in document order decides the error text.
 */
import type { JsonNode } from "./parse-json.ts";

/** How one Go type reads a node. `undefined` means: the field stays unset (null, or an error was noted). */
export interface GoType<T> {
  decode(node: JsonNode, place: Place): T | undefined;
}

/** Where the decoder is: the struct and the field path that an error names, and the errors found so far. */
export interface Place {
  readonly struct: string;
  readonly path: readonly string[];
  readonly errors: string[];
}

/** The result of a whole body: the value, or the text of Go's first error. */
export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** What a set of field types decodes to: every field may be unset. */
export type Fields<F> = { readonly [K in keyof F]?: F[K] extends GoType<infer V> ? V : never };

/** Decodes a parsed value. */
export function decodeGo<T>(type: GoType<T>, node: JsonNode): Decoded<T> {
  const errors: string[] = [];
  const value = type.decode(node, { struct: "", path: [], errors });
  const [first] = errors;
  if (first !== undefined) return { ok: false, error: first };
  if (value === undefined) return { ok: true, value: {} as T };
  return { ok: true, value };
}

/** A struct of package `api` or `openai`; `name` is the Go name with its package. */
export function struct<F extends Record<string, GoType<unknown>>>(name: string, fields: F): GoType<Fields<F>> {
  const short = name.slice(name.indexOf(".") + 1);
  return {
    decode: (node, place) =>
      decodeMembers({ name, fields }, node, { inside: { ...place, struct: short }, outside: place }),
  };
}

/**
 * A struct whose Go type has a decoder of its own that works through a local type: errors inside it name the struct
 * around it, and a wrong value in its place is reported for the local type.
 */
export function aliasStruct<F extends Record<string, GoType<unknown>>>(name: string, fields: F): GoType<Fields<F>> {
  return { decode: (node, place) => decodeMembers({ name, fields }, node, { inside: place, outside: place }) };
}

/** A slice; `name` is what Go prints for the slice type. */
export function list<T>(name: string, item: GoType<T>): GoType<readonly T[]> {
  return {
    decode(node, place) {
      if (node.kind === "null") return undefined;
      if (node.kind !== "array") return wrongType(node, name, place);
      // A null item leaves Go's zero value in its place.
      return node.items.map((entry) => item.decode(entry, place) ?? ({} as T));
    },
  };
}

export const text: GoType<string> = {
  decode: (node, place) => (node.kind === "string" ? node.value : wrongType(node, "string", place)),
};

export const bool: GoType<boolean> = {
  decode: (node, place) => (node.kind === "bool" ? node.value : wrongType(node, "bool", place)),
};

export const float: GoType<number> = {
  decode: (node, place) => (node.kind === "number" ? Number(node.text) : wrongType(node, "float64", place)),
};

export const float32: GoType<number> = {
  decode: (node, place) => (node.kind === "number" ? Number(node.text) : wrongType(node, "float32", place)),
};

export const int: GoType<number> = {
  decode(node, place) {
    if (node.kind === "number" && /^-?\d+$/.test(node.text)) return Number(node.text);
    return wrongType(node, "int", place);
  },
};

/** Any value, kept as parsed (Go's `any` and `json.RawMessage`). */
export const raw: GoType<JsonNode> = { decode: (node) => node };

/** A JSON object with free keys. */
export const map: GoType<JsonNode & { kind: "object" }> = {
  decode: (node, place) => (node.kind === "object" ? node : wrongType(node, "map[string]interface {}", place)),
};

/** A Go type with its own reader: `read` returns the value or the text of the error. */
export function custom<T>(read: (node: JsonNode) => Decoded<T>): GoType<T> {
  return {
    decode(node, place) {
      if (node.kind === "null") return undefined;
      const result = read(node);
      if (result.ok) return result.value;
      place.errors.push(result.error);
      return undefined;
    },
  };
}

interface StructShape {
  readonly name: string;
  readonly fields: Record<string, GoType<unknown>>;
}

function decodeMembers<T>(
  shape: StructShape,
  node: JsonNode,
  places: { readonly inside: Place; readonly outside: Place },
): T | undefined {
  const { inside } = places;
  if (node.kind === "null") return undefined;
  if (node.kind !== "object") return wrongType(node, shape.name, places.outside);
  const value: Record<string, unknown> = {};
  for (const member of node.members) {
    const field = findField(shape.fields, member.name);
    if (field === undefined) continue;
    const [key, type] = field;
    const decoded = type.decode(member.value, { ...inside, path: [...inside.path, key] });
    if (decoded !== undefined) value[key] = decoded;
  }
  return value as T;
}

function findField(fields: Record<string, GoType<unknown>>, name: string): [string, GoType<unknown>] | undefined {
  const exact = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (exact !== undefined) return [name, exact];
  const folded = name.toLowerCase();
  return Object.entries(fields).find(([key]) => key.toLowerCase() === folded);
}

function wrongType(node: JsonNode, goName: string, place: Place): undefined {
  if (node.kind === "null") return undefined;
  const found = node.kind === "number" && goName === "int" ? `number ${node.text}` : node.kind;
  const target =
    place.path.length === 0
      ? `Go value of type ${goName}`
      : `Go struct field ${place.struct}.${place.path.join(".")} of type ${goName}`;
  place.errors.push(`json: cannot unmarshal ${found} into ${target}`);
  return undefined;
}
