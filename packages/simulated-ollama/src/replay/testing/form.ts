/**
 * The form of a JSON value: names and their order, types, and the texts that mean something. What depends on the moment,
 * the model or the machine (numbers, times, ids, written text) is reduced to its type.
 */
function formOf(value: unknown): unknown {
  return formUnder(value, "");
}

/** Members whose text must be the same. */
const exact = new Set([
  "model",
  "name",
  "digest",
  "role",
  "object",
  "system_fingerprint",
  "done_reason",
  "finish_reason",
  "error",
  "message",
  "type",
  "family",
  "format",
  "quantization_level",
  "parameter_size",
  "owned_by",
  "version",
]);

function formUnder(value: unknown, key: string): unknown {
  if (value === null) return "null";
  // Which tensors a model has is the model's business: one stands for all.
  if (Array.isArray(value) && key === "tensors") return Object.keys(value[0] ?? {});
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(formUnder(item, ""))))];
  if (typeof value === "object") return Object.entries(value).map(([name, inner]) => [name, formUnder(inner, name)]);
  if (typeof value === "string") return exact.has(key) ? `= ${value}` : "string";
  return typeof value === "boolean" ? value : typeof value;
}

/** The form of each record of a body: NDJSON lines, SSE events, one JSON value, or plain text as it is. */
export function formsOfBody(contentType: string, body: string): readonly unknown[] {
  if (contentType.startsWith("text/event-stream")) {
    return body
      .split("\n\n")
      .filter((event) => event !== "")
      .map((event) => (event === "data: [DONE]" ? event : formOf(JSON.parse(event.replace(/^data: /, "")))));
  }
  if (!contentType.includes("json")) return [body];
  const lines = body.endsWith("\n") ? body.slice(0, -1).split("\n") : [body];
  const ending = body.endsWith("\n") ? "newline" : "no newline";
  return [...lines.filter((line) => line !== "").map((line) => formOf(JSON.parse(line))), ending];
}
