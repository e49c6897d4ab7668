/** One line of a reply, as a part of a larger piece of memory. */
export interface RecordBytes {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** The line was too long to be kept: the bytes are its beginning and its end. */
  readonly isCut: boolean;
}

/** A JSON object as it was parsed. */
export type JsonObject = Readonly<Record<string, unknown>>;

const decoder = new TextDecoder();

/** The record as text. */
export const recordText = ({ bytes, start, end }: RecordBytes): string => decoder.decode(bytes.subarray(start, end));

/** Whether the record begins with these ASCII bytes. */
export const startsWith = ({ bytes, start, end }: RecordBytes, prefix: string): boolean => {
  if (end - start < prefix.length) return false;
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[start + index] !== prefix.charCodeAt(index)) return false;
  }
  return true;
};

/** The text as a JSON object; undefined when it is none. */
export const parseObject = (text: string): JsonObject | undefined => {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined;
  }
};

export const asObject = (value: unknown): JsonObject | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;

export const asNumber = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

export const asText = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

/** Whether a value carries output: a text that is not empty, or entries of a list. */
export const isFilled = (value: unknown): boolean =>
  typeof value === "string" ? value !== "" : Array.isArray(value) && value.length > 0;

/** The text of an `error` member, which is a string or an object with a `message`. */
export const errorTextOf = (object: JsonObject | undefined): string => {
  const error = object?.["error"];
  return asText(error) ?? asText(asObject(error)?.["message"]) ?? "";
};
