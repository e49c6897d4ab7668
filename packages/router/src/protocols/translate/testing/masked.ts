/** Members that differ between any two replies: ids and dates … */
const changing = new Set(["id", "item_id", "call_id", "created", "created_at", "completed_at"]);

/** … and what only Ollama's own routes tell: durations, and the numbers of the tokens. */
const native = new Set(["total_duration", "load_duration", "prompt_eval_duration", "eval_duration", "context"]);

/** The text of a reply with everything masked or left out that differs between any two. */
export const masked = (text: string): string =>
  text
    .split("\n")
    .map((line) => {
      const [, label = "", json = ""] = /^(data: |)(\{.*)$/.exec(line) ?? [];
      return json === "" ? line : `${label}${JSON.stringify(JSON.parse(json), mask)}`;
    })
    .join("\n");

const mask = (name: string, value: unknown): unknown => {
  if (native.has(name)) return undefined;
  return changing.has(name) && value !== null ? "…" : value;
};
