/**
 * The form of a body: the kinds of its records in their order, with the names, order and types of their members, and the
 * texts that mean something. What a model has written, and in how many records, is left out.
 */
export function formOf(contentType: string, text: string): string {
  if (contentType.startsWith("text/event-stream")) return withoutRepeats(text.split("\n\n").map(formOfEvent));
  if (!contentType.includes("json")) return text;
  const end = text.endsWith("\n") ? "\nends with a line" : "";
  return (
    withoutRepeats(
      text
        .split("\n")
        .filter((line) => line !== "")
        .map(formOfJson),
    ) + end
  );
}

/** Members whose value is compared. */
const meaningful = new Set(
  "model object role type done done_reason finish_reason stop_reason status error code system_fingerprint".split(" "),
);

function withoutRepeats(forms: readonly string[]): string {
  return forms.filter((form, index) => form !== forms[index - 1]).join("\n");
}

function formOfEvent(event: string): string {
  const [, name = "", json = ""] = /^(event: [\w.]+\n)?data: (.*)$/s.exec(event) ?? [];
  return json === "" || json === "[DONE]" ? event : `${name}${formOfJson(json)}`;
}

function formOfJson(json: string): string {
  try {
    return JSON.stringify(formUnder(JSON.parse(json), ""));
  } catch {
    // No JSON: the bytes are its form.
    return json;
  }
}

function formUnder(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return [...new Set(value.map((item) => JSON.stringify(formUnder(item, ""))))];
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, inner]) => [key, formUnder(inner, key)]);
  }
  // How an answer ended depends on what was written.
  if (/^(done|finish|stop)_reason$/.test(name) && ["stop", "length"].includes(String(value))) return "stop or length";
  if (meaningful.has(name)) return value;
  return value === null ? "null" : typeof value;
}
