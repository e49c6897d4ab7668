import { goQuote } from "../json/go-quote.ts";
import { stringAt } from "../json/text.ts";
import { isTrue, valueKind } from "../json/value-kind.ts";

const levels: ReadonlySet<string> = new Set(["high", "medium", "low", "max"]);

/** Whether a `think` value asks for thinking: true, or any level. */
export const asksToThink = (body: Uint8Array, at: number): boolean => {
  const kind = valueKind(body, at);
  return kind === "bool" ? isTrue(body, at) : kind === "string";
};

/** Ollama's words for a `think` value that it does not know; undefined when it does. */
export const judgeThink = (body: Uint8Array, at: number): string | undefined => {
  const kind = valueKind(body, at);
  if (kind === "bool") return undefined;
  if (kind !== "string") return 'think must be a boolean or string ("high", "medium", "low", "max", true, or false)';
  const level = stringAt(body, at);
  if (levels.has(level)) return undefined;
  return `invalid think value: ${goQuote(level)} (must be "high", "medium", "low", "max", true, or false)`;
};
