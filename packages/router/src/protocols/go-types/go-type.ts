import { createFieldLookup, type FieldLookup } from "../json/field-names.ts";

/** Judges a value whose Go type decodes itself: the text of the error, or undefined. */
export type JudgeValue = (body: Uint8Array, at: number) => string | undefined;

/**
 * The part of Go's types that the request structs of Ollama are made of, as far as an error names them. `opaque` takes
 * whatever comes. A struct with `alias` decodes itself by way of a type of that name, which then stands in errors about
 * the struct as a whole.
 */
export type GoType =
  | { readonly kind: "opaque" }
  | { readonly kind: "any" }
  | { readonly kind: "string" | "bool"; readonly name: string }
  | { readonly kind: "integer"; readonly name: string; readonly bits: 32 | 64 }
  | { readonly kind: "float"; readonly name: string; readonly bits: 32 | 64 }
  | { readonly kind: "bytes"; readonly name: string }
  | { readonly kind: "slice"; readonly name: string; readonly element: GoType }
  | { readonly kind: "map"; readonly name: string; readonly element: GoType }
  | GoStruct
  | GoCustom;

/** A type with a decoder of its own. */
export interface GoCustom {
  readonly kind: "custom";
  readonly judge: JudgeValue;
  /** It decodes by way of an `any`, which no number out of range passes. */
  readonly isByAny: boolean;
}

export interface GoStruct {
  readonly kind: "struct";
  /** With its package, for example `api.Tool`; empty for a struct that has none. */
  readonly name: string;
  /** The type as an error about the whole value prints it: the name, or the fields of a struct without one. */
  readonly printed: string;
  readonly alias: string | undefined;
  readonly fields: ReadonlyMap<string, GoType>;
  /** Finds the field that a key names; the answer is a key of `fields`. */
  readonly lookup: FieldLookup;
}

export const opaque: GoType = { kind: "opaque" };
export const any: GoType = { kind: "any" };
export const string: GoType = { kind: "string", name: "string" };
export const bool: GoType = { kind: "bool", name: "bool" };
export const int: GoType = { kind: "integer", name: "int", bits: 64 };
export const int32: GoType = { kind: "integer", name: "int32", bits: 32 };
export const int64: GoType = { kind: "integer", name: "int64", bits: 64 };
export const float32: GoType = { kind: "float", name: "float32", bits: 32 };
export const float64: GoType = { kind: "float", name: "float64", bits: 64 };

/** A slice; `name` is the whole type as Go prints it, for example `[]api.Tool`. */
export const slice = (name: string, element: GoType): GoType => ({ kind: "slice", name, element });

/** A byte slice of a named type, sent as base64. The text itself is not judged. */
export const bytes = (name: string): GoType => ({ kind: "bytes", name });

/** `map[string]any`. */
export const anyMap: GoType = { kind: "map", name: "map[string]interface {}", element: any };

export const custom = (judge: JudgeValue, isByAny: boolean): GoType => ({ kind: "custom", judge, isByAny });

/** A struct by its JSON names, which are lower-case ASCII. */
export const struct = (name: string, fields: Readonly<Record<string, GoType>>, alias?: string): GoStruct => ({
  kind: "struct",
  name,
  printed: name,
  alias,
  fields: new Map(Object.entries(fields)),
  lookup: createFieldLookup(Object.keys(fields)),
});

/** A struct without a name; `printed` is the type as Go writes it out. */
export const anonymousStruct = (printed: string, fields: Readonly<Record<string, GoType>>): GoStruct => ({
  ...struct("", fields),
  printed,
});
