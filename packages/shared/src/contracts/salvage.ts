import type { z } from "zod";

/** One field of a heartbeat that could not be read. `path` is dotted; `reason` is a short sentence. */
export interface FieldProblem {
  readonly path: string;
  readonly reason: string;
}

/** Where the members being read stand, and where what had to be left out is noted. */
export interface Salvage {
  /** With the dot at its end; empty at the top. */
  readonly prefix: string;
  readonly dropped: FieldProblem[];
}

/** Keeps the members of `source` that their schema accepts; the others are named in `dropped`. */
export function keepReadable(
  shape: Readonly<Record<string, z.ZodType>>,
  source: Readonly<Record<string, unknown>>,
  { prefix, dropped }: Salvage,
): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(shape)) {
    const value = Object.hasOwn(source, name) ? source[name] : undefined;
    const parsed = schema.safeParse(value);
    if (!parsed.success) dropped.push(firstProblem(parsed.error, prefix + name));
    else if (parsed.data !== undefined) kept[name] = parsed.data;
  }
  return kept;
}

/** What the entries of a list must be. */
export interface EntryRule {
  readonly schema: z.ZodType;
  readonly path: string;
  readonly dropped: FieldProblem[];
}

/** Keeps the entries of a list that fit; anything but a list is left for the schema to refuse. */
export function keepEntries(value: unknown, { schema, path, dropped }: EntryRule): unknown {
  if (!Array.isArray(value)) return value ?? undefined;
  return value.filter((entry, index) => {
    const parsed = schema.safeParse(entry);
    if (!parsed.success) dropped.push(firstProblem(parsed.error, `${path}[${index}]`));
    return parsed.success;
  });
}

/** Keeps the names of a list; anything but a list is left for the schema to refuse. */
export function keepNames(value: unknown, { path, dropped }: Omit<EntryRule, "schema">): unknown {
  if (!Array.isArray(value)) return value ?? undefined;
  return value.filter((entry, index) => {
    const isName = typeof entry === "string" && entry !== "";
    if (!isName) dropped.push({ path: `${path}[${index}]`, reason: "must be a model name" });
    return isName;
  });
}

/** What a schema says first about a value at this path. */
export function firstProblem(error: z.ZodError, prefix: string): FieldProblem {
  const issue = error.issues[0];
  const inner = issue === undefined ? "" : issue.path.map(String).join(".");
  const path = [prefix, inner].filter((part) => part !== "").join(".");
  return { path: path === "" ? "(body)" : path, reason: issue?.message ?? "cannot be read" };
}

/** A JSON object, not an array. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
