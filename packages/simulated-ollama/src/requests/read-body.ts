import { type Decoded, decodeGo, type GoType } from "../json/go-type.ts";
import { parseJson } from "../json/parse-json.ts";

/** Reads a request body into a Go type; `emptyText` is the error for a body without any value. */
export function readBody<T>(type: GoType<T>, body: Buffer, emptyText: string): Decoded<T> {
  const parsed = parseJson(body);
  if (parsed.ok) return decodeGo(type, parsed.node);
  return { ok: false, error: parsed.error === "EOF" ? emptyText : parsed.error };
}

/** The native routes' error for an empty body. */
export const missingBody = "missing request body";
