import { withoutControls } from "./words.ts";

const LONGEST_TEXT = 800;
const SHORTEST_TEXT = 40;

/**
 * Makes plain bounded text of what a model wrote: no thoughts, no markup, no control signs. undefined when nothing like a
 * few sentences is left, so that the text made of facts stays.
 */
export function cleanText(written: string): string | undefined {
  const unthought = written.slice(0, 20_000).replace(/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi, " ");
  const text = withoutControls(
    unthought
      .replace(/<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, " ")
      .replace(/<\/?[a-z!][^>]*>?/gi, " ")
      .replace(/\[([^[\]]*)\]\([^()]*\)/g, "$1")
      .replace(/^[ \t]*(?:[-*•]|\d+[.)]|#+|>)\s+/gm, "")
      .replace(/[*_`#<>|\\]+/g, ""),
  ).trim();
  return isProse(text) ? bounded(text) : undefined;
}

/** Words of letters make up most of it, and not one word again and again. */
function isProse(text: string): boolean {
  if (text.length < SHORTEST_TEXT) return false;
  const words = text.toLowerCase().split(" ");
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return words.length >= 8 && letters >= text.length * 0.5 && new Set(words).size >= Math.min(12, words.length * 0.4);
}

/** Ends with the last whole sentence that fits. */
function bounded(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  const cut = text.slice(0, LONGEST_TEXT);
  const end = Math.max(cut.lastIndexOf(". "), cut.lastIndexOf("! "), cut.lastIndexOf("? "));
  return end > SHORTEST_TEXT ? cut.slice(0, end + 1) : `${cut.slice(0, -1)}…`;
}
