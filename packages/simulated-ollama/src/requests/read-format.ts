import type { Decoded } from "../json/go-type.ts";
import { type JsonNode, toPlain } from "../json/parse-json.ts";

/** Reads `format`: free text (`undefined`), `"json"` as a schema of any object, or the schema. */
export function readFormat(node: JsonNode | undefined): Decoded<unknown> {
  if (node === undefined || node.kind === "null") return { ok: true, value: undefined };
  if (node.kind === "string" && node.value === "") return { ok: true, value: undefined };
  if (node.kind === "string" && node.value === "json") return { ok: true, value: anyObject };
  if (node.kind === "object") return { ok: true, value: toPlain(node) };
  const quoted = JSON.stringify(JSON.stringify(toPlain(node)));
  return { ok: false, error: `invalid format: ${quoted}; expected "json" or a valid JSON Schema object` };
}

/** What the simulated model writes when any JSON object will do. */
const anyObject = { type: "object", properties: { answer: { type: "string" }, ok: { type: "boolean" } } };
