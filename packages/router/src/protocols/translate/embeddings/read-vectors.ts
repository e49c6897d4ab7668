import { OPEN_BRACE, OPEN_BRACKET, QUOTE, skipBlanks } from "../../json/ascii.ts";
import { scanDocument } from "../../json/scan-document.ts";
import { skipValue } from "../../json/skip.ts";
import { decodeString, numberAt } from "../../json/text.ts";
import { walkElements, walkMembers } from "../../json/walk.ts";
import type { EmbeddingRoute } from "./embedding-wish.ts";
import type { Vector } from "./vector.ts";

/** What an answer with vectors tells. */
export interface VectorAnswer {
  readonly vectors: readonly Vector[];
  /** undefined when not told. */
  readonly promptTokens: number | undefined;
  readonly totalNs: number | undefined;
  readonly loadNs: number | undefined;
}

/** Finds the vectors in the answer of a backend's route without reading their numbers; undefined when it is none. */
export const readVectors = (route: EmbeddingRoute, body: Uint8Array): VectorAnswer | undefined => {
  const document = scanDocument(body);
  if (document.kind !== "value" || body[document.start] !== OPEN_BRACE) return undefined;
  const members = membersAt(body, document.start);
  const error = members.get("error");
  // Some servers tell in every answer that there was no error.
  if (error !== undefined && !isNull(body, error)) return undefined;
  const vectors = readers[route](body, members);
  if (vectors === undefined) return undefined;
  const usage = objectAt(body, members.get("usage"));
  return {
    vectors,
    promptTokens: countAt(body, members.get("prompt_eval_count") ?? usage.get("prompt_tokens")),
    totalNs: countAt(body, members.get("total_duration")),
    loadNs: countAt(body, members.get("load_duration")),
  };
};

/** Where the values of an object begin, by name. */
type Members = ReadonlyMap<string, number>;

type ReadAll = (body: Uint8Array, members: Members) => readonly Vector[] | undefined;

const readEmbed: ReadAll = (body, members) =>
  allOf(elementsAt(body, members.get("embeddings")), (at) => vectorAt(body, at));

/** What only loads a model is answered with an empty vector. */
const readEmbeddings: ReadAll = (body, members) => {
  const at = members.get("embedding");
  const vector = at === undefined ? undefined : vectorAt(body, at);
  if (vector === undefined || at === undefined) return undefined;
  return elementsAt(body, at)?.length === 0 ? [] : [vector];
};

/** Vectors go by their index, in whatever order they come. */
const readOpenai: ReadAll = (body, members) => {
  const items = elementsAt(body, members.get("data"))?.map((at) => objectAt(body, at));
  const ordered = items?.toSorted((one, other) => indexOf(body, one) - indexOf(body, other));
  return allOf(ordered, (item) => vectorAt(body, item.get("embedding")));
};

const readers: Readonly<Record<EmbeddingRoute, ReadAll>> = {
  "/api/embed": readEmbed,
  "/api/embeddings": readEmbeddings,
  "/v1/embeddings": readOpenai,
};

const indexOf = (body: Uint8Array, item: Members): number => countAt(body, item.get("index")) ?? 0;

/** A list of numbers, or a base64 text. */
const vectorAt = (body: Uint8Array, at: number | undefined): Vector | undefined => {
  if (at === undefined || (body[at] !== OPEN_BRACKET && body[at] !== QUOTE)) return undefined;
  const json = body.subarray(at, skipValue(body, at));
  if (body[at] === QUOTE) return { kind: "base64", json };
  // A list of lists is what some models give per token; it is no vector of the text.
  return body[skipBlanks(body, at + 1)] === OPEN_BRACKET ? undefined : { kind: "numbers", json };
};

const membersAt = (body: Uint8Array, at: number): Members => {
  const members = new Map<string, number>();
  walkMembers(body, at, (start, { keyStart, keyEnd }) => {
    members.set(decodeString(body, keyStart, keyEnd), start);
    return skipValue(body, start);
  });
  return members;
};

const objectAt = (body: Uint8Array, at: number | undefined): Members =>
  at !== undefined && body[at] === OPEN_BRACE ? membersAt(body, at) : new Map();

/** Where the elements of a list begin; Go writes an empty list as null. */
const elementsAt = (body: Uint8Array, at: number | undefined): readonly number[] | undefined => {
  if (at === undefined) return undefined;
  if (body[at] !== OPEN_BRACKET) return isNull(body, at) ? [] : undefined;
  const elements: number[] = [];
  walkElements(body, at, (start) => {
    elements.push(start);
    return skipValue(body, start);
  });
  return elements;
};

const isNull = (body: Uint8Array, at: number): boolean => body[at] === 0x6e;

const countAt = (body: Uint8Array, at: number | undefined): number | undefined => {
  const value = at === undefined ? Number.NaN : numberAt(body, at);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
};

/** The results; undefined when one of them is. */
const allOf = <Item, Result>(
  items: readonly Item[] | undefined,
  read: (item: Item) => Result | undefined,
): readonly Result[] | undefined => {
  const results = items?.map(read).filter((result) => result !== undefined);
  return results?.length === items?.length ? results : undefined;
};
