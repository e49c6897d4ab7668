/**
 * The form of a JSON value: names and their order, types, and the texts and numbers that mean something. What depends on
 * the moment, the model or the machine (counts, times, ids, written text) is reduced to its kind.
 */
function formOf(value: unknown): unknown {
  return formUnder(value, "");
}

/** Members whose value must be the same. */
const exact = new Set([
  ..."model name digest role object system_fingerprint done_reason finish_reason stop_reason error message".split(" "),
  ..."type family format quantization_level parameter_size owned_by version status code param truncation".split(" "),
  ..."tool_choice service_tier effort index output_index content_index summary_index sequence_number".split(" "),
  ..."max_output_tokens temperature top_p instructions".split(" "),
]);

const ids = new Set(["id", "item_id", "call_id", "request_id"]);

function formUnder(value: unknown, key: string): unknown {
  if (value === null) return "null";
  if (Array.isArray(value)) return formOfList(value, key);
  if (typeof value === "object") return Object.entries(value).map(([name, inner]) => [name, formUnder(inner, name)]);
  if (exact.has(key)) return `= ${value}`;
  if (typeof value === "string") return formOfText(value, key);
  if (typeof value === "number") return value === 0 && isCounted(key) ? "zero" : "number";
  return value;
}

/** Equal entries count once: how many words, models or tokens there were is not compared, but the length of a vector is. */
function formOfList(list: readonly unknown[], key: string): unknown {
  // Which tensors a model has is the model's business: one stands for all.
  if (key === "tensors") return Object.keys(list[0] ?? {});
  if (key === "embedding" && list.length > 0) return `vector of ${list.length}`;
  return [...new Set(list.map((item) => JSON.stringify(formUnder(item, key === "embeddings" ? "embedding" : ""))))];
}

function formOfText(text: string, key: string): string {
  if (ids.has(key)) return `id ${idForm(text)}`;
  if (key === "embedding") return `base64 of ${Buffer.from(text, "base64").length} bytes`;
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text)) return "time";
  return text === "" && written.has(key) ? "empty" : "text";
}

/** Counts and durations, of which none is another thing than some. */
function isCounted(key: string): boolean {
  return /_(tokens|count|duration)$/.test(key);
}

/** Members that hold what the model wrote. */
const written = new Set(["content", "text", "response", "thinking", "reasoning", "delta", "arguments", "partial_json"]);

/** What chance has made in an id is replaced by the kind of it; other ids stay. */
function idForm(id: string): string {
  if (!/^(msg|req|resp|rs|fc|call|cmpl|chatcmpl)[_-]/.test(id)) return id;
  return id
    .replace(/_[0-9a-f]{24}$/, "_<hex>")
    .replace(/^call_[0-9a-z]{8}$/, "call_<letters>")
    .replaceAll(/(?<=[_-])\d+/g, "<number>");
}

/** The form of each record of a body: NDJSON lines, SSE events, one JSON value, or plain text as it is. */
export function formsOfBody(contentType: string, body: string): readonly unknown[] {
  if (contentType.startsWith("text/event-stream")) {
    return body
      .split("\n\n")
      .filter((event) => event !== "")
      .map((event) => {
        const [, name = "", json = ""] = /^(event: [\w.]+\n)?data: (.*)$/s.exec(event) ?? [];
        return json === "[DONE]" ? event : [name, ...jsonForm(json)];
      });
  }
  if (!contentType.includes("json")) return [body];
  const lines = body.endsWith("\n") ? body.slice(0, -1).split("\n") : [body];
  const ending = body.endsWith("\n") ? "newline" : "no newline";
  return [...lines.filter((line) => line !== "").flatMap(jsonForm), ending];
}

/** The form, and whether there is space between the parts or a sign that Go would have escaped. */
function jsonForm(json: string): readonly unknown[] {
  const bare = json.replaceAll(/"(?:[^"\\]|\\.)*"/g, "");
  return [
    formOf(JSON.parse(json)),
    /\s/.test(bare) ? "spaced" : "compact",
    /[<>&]/.test(json) ? "raw signs" : "escaped",
  ];
}
