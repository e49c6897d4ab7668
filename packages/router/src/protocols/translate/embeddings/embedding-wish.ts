import type { WireRoute } from "../../../domain/wire-route.ts";
import {
  type Complaints,
  complain,
  type Fields,
  fieldsOf,
  flagOf,
  integerOf,
  isList,
  memberOf,
  objectOf,
  rejectMember,
  textOf,
} from "../clients/fields.ts";
import type { Json, JsonObject } from "../neutral.ts";

/** The routes that turn texts into vectors. */
export type EmbeddingRoute = Extract<WireRoute, "/api/embed" | "/api/embeddings" | "/v1/embeddings">;

/** What a request for vectors asks, whatever API it was asked in. */
export interface EmbeddingWish {
  /** Empty when only a load is wanted. */
  readonly texts: readonly string[];
  /** The one text was given alone, not in a list. */
  readonly isSingle: boolean;
  /** Numbers of a vector; undefined = all. */
  readonly dimensions: number | undefined;
  readonly encoding: "float" | "base64";
  /** Whether texts that are too long are cut; undefined when nothing was said, which Ollama takes for yes. */
  readonly truncate: boolean | undefined;
  readonly keepAlive: Json | undefined;
  readonly options: JsonObject;
}

/** Reads a client's body. */
export const readWish = (
  route: EmbeddingRoute,
  body: JsonObject,
): EmbeddingWish | { readonly untranslatable: string } => {
  const complaints: Complaints = { first: undefined };
  const fields = fieldsOf(body, "", complaints);
  const wish = readers[route](fields);
  return complaints.first === undefined ? wish : { untranslatable: complaints.first };
};

const readOpenai = (fields: Fields): EmbeddingWish => {
  const input = memberOf(fields, "input");
  if (input === undefined) complain(fields.complaints, "invalid input");
  return { ...readShared(fields), ...readTexts(fields, "input"), encoding: readEncoding(fields) };
};

/** An empty text alone asks for a load, an empty one in a list for a vector. */
const readEmbed = (fields: Fields): EmbeddingWish => {
  const read = readTexts(fields, "input");
  const texts = read.isSingle && read.texts[0] === "" ? [] : read.texts;
  const options = objectOf(fields, "options") ?? {};
  return {
    ...readShared(fields),
    ...read,
    texts,
    truncate: flagOf(fields, "truncate"),
    keepAlive: memberOf(fields, "keep_alive"),
    options,
  };
};

const readEmbeddings = (fields: Fields): EmbeddingWish => {
  const prompt = textOf(fields, "prompt") ?? "";
  const options = objectOf(fields, "options") ?? {};
  const texts = prompt === "" ? [] : [prompt];
  const shared = { ...readShared(fields), dimensions: undefined };
  return { ...shared, texts, isSingle: true, keepAlive: memberOf(fields, "keep_alive"), options };
};

const readers: Readonly<Record<EmbeddingRoute, (fields: Fields) => EmbeddingWish>> = {
  "/v1/embeddings": readOpenai,
  "/api/embed": readEmbed,
  "/api/embeddings": readEmbeddings,
};

/** What is said by most or by none; numbers of dimensions below one mean all. */
const readShared = (fields: Fields): Omit<EmbeddingWish, "texts" | "isSingle"> => {
  const dimensions = integerOf(fields, "dimensions") ?? 0;
  return {
    dimensions: dimensions > 0 ? dimensions : undefined,
    encoding: "float",
    truncate: undefined,
    keepAlive: undefined,
    options: {},
  };
};

const readTexts = (fields: Fields, name: string): Pick<EmbeddingWish, "texts" | "isSingle"> => {
  const input = memberOf(fields, name);
  if (input === undefined) return { texts: [], isSingle: false };
  if (typeof input === "string") return { texts: [input], isSingle: true };
  const texts = isList(input) ? input.filter((item) => typeof item === "string") : [];
  if (!isList(input) || texts.length < input.length) {
    rejectMember(fields, name, "must be a text or a list of texts; the numbers of tokens belong to one model only");
  }
  return { texts, isSingle: false };
};

const readEncoding = (fields: Fields): "float" | "base64" => {
  const encoding = (textOf(fields, "encoding_format") ?? "").toLowerCase();
  if (encoding === "base64") return "base64";
  if (encoding !== "" && encoding !== "float") rejectMember(fields, "encoding_format", "must be float or base64");
  return "float";
};
