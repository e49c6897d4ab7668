/**
 * Reads the members of parsed JSON objects without ever throwing: a member of a wrong type counts as absent and leaves a
 * complaint. Keys are matched as Go matches them, whatever their letter case; null counts as absent.
 */
import type { Json, JsonObject } from "../neutral.ts";

/** Why a body cannot be translated; only the first reason is kept. */
export interface Complaints {
  first: string | undefined;
}

/** The members of one object of the body. */
export interface Fields {
  /** Where the object stands, for example `messages[2].content[0]`; empty for the body. */
  readonly path: string;
  /** Names in lower case. */
  readonly members: ReadonlyMap<string, Json>;
  readonly complaints: Complaints;
}

/** The members of an object; of anything else none, with a complaint. */
export const fieldsOf = (value: Json, path: string, complaints: Complaints): Fields => {
  if (isObject(value)) return { path, members: foldedMembers(value), complaints };
  complain(complaints, `${path === "" ? "the body" : path}: must be an object`);
  return { path, members: new Map(), complaints };
};

/** Keeps a reason in its own words; the answer is what stands in for the value. */
export const complain = (complaints: Complaints, reason: string): undefined => {
  complaints.first ??= reason;
  return undefined;
};

/** Keeps a reason that names a member; the answer is what stands in for the value. */
export const rejectMember = (fields: Fields, name: string, why: string): undefined =>
  complain(fields.complaints, `${pathOf(fields, name)}: ${why}`);

/** Where a member stands. */
export const pathOf = ({ path }: Fields, name: string): string => (path === "" ? name : `${path}.${name}`);

/** A member whatever its type; undefined when absent or null. */
export const memberOf = (fields: Fields, name: string): Json | undefined => fields.members.get(name) ?? undefined;

export const textOf = (fields: Fields, name: string): string | undefined => {
  const value = memberOf(fields, name);
  if (value === undefined || typeof value === "string") return value;
  return rejectMember(fields, name, "must be a text");
};

export const numberOf = (fields: Fields, name: string): number | undefined => {
  const value = memberOf(fields, name);
  if (value === undefined || (typeof value === "number" && Number.isFinite(value))) return value;
  return rejectMember(fields, name, "must be a number");
};

export const integerOf = (fields: Fields, name: string): number | undefined => {
  const value = numberOf(fields, name);
  if (value === undefined || Number.isInteger(value)) return value;
  return rejectMember(fields, name, "must be a whole number");
};

export const flagOf = (fields: Fields, name: string): boolean | undefined => {
  const value = memberOf(fields, name);
  if (value === undefined || typeof value === "boolean") return value;
  return rejectMember(fields, name, "must be true or false");
};

export const listOf = (fields: Fields, name: string): readonly Json[] => {
  const value = memberOf(fields, name);
  if (value === undefined) return [];
  if (isList(value)) return value;
  rejectMember(fields, name, "must be a list");
  return [];
};

/** A member that is an object, as it is. */
export const objectOf = (fields: Fields, name: string): JsonObject | undefined => {
  const value = memberOf(fields, name);
  if (value === undefined || isObject(value)) return value;
  return rejectMember(fields, name, "must be an object");
};

/** The members of a member that is an object. */
export const childOf = (fields: Fields, name: string): Fields | undefined => {
  const value = objectOf(fields, name);
  return value === undefined ? undefined : fieldsOf(value, pathOf(fields, name), fields.complaints);
};

/** The members of each object in a list. */
export const childrenOf = (fields: Fields, name: string): readonly Fields[] =>
  listOf(fields, name).map((item, index) => fieldsOf(item, `${pathOf(fields, name)}[${index}]`, fields.complaints));

/** A list of texts. */
export const textsOf = (fields: Fields, name: string): readonly string[] =>
  listOf(fields, name).flatMap((item, index) => {
    if (typeof item === "string") return item;
    rejectMember(fields, `${name}[${index}]`, "must be a text");
    return [];
  });

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const foldedMembers = (value: JsonObject): ReadonlyMap<string, Json> => {
  const members = new Map<string, Json>();
  for (const [name, member] of Object.entries(value)) members.set(name.toLowerCase(), member);
  return members;
};
