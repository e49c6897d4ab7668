import { withoutControls } from "./words.ts";

const LONGEST_TEXT = 800;
const SHORTEST_TEXT = 40;

/**
 * Sequences that colour and steer terminals (ECMA-48): those with parameters, titles and links up to their end, and single
 * ones; in seven bits and in eight.
 */
const TERMINAL =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b./g;

/** What goes before lines are joined, each with what stays of it. */
const MARKUP: readonly (readonly [pattern: RegExp, rest: string])[] = [
  [TERMINAL, ""],
  [/<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi, " "],
  // Templates that begin the thoughts themselves leave their end only.
  [/^[\s\S]*<\/think(?:ing)?>/i, " "],
  [/<\|[^|<>]{0,40}\|>(?:assistant|user|system)?/g, " "],
  [/```[\s\S]*?(?:```|$)/g, " "],
  [/<(script|style)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, " "],
  [/<\/?[a-z!][^>]*>?/gi, " "],
  [/&(?:#\w{1,8}|[a-z]{2,10});/gi, " "],
  [/\[([^[\]]{0,300})\]\((?:[^()\n]|\([^()\n]*\)){0,500}\)/g, "$1"],
  [/^[ \t]*(?:[-*•]|\d+[.)]|#+|>)\s+/gm, ""],
  [/[*_`#<>|\\]+/g, ""],
];

/**
 * Makes plain bounded text of what a model wrote: no thoughts, no markup, no control signs. undefined when nothing like a
 * few sentences is left, so that the text made of facts stays.
 */
export function cleanText(written: string): string | undefined {
  const bare = MARKUP.reduce((text, [pattern, rest]) => text.replace(pattern, rest), written.slice(0, 20_000));
  const text = withoutControls(bare).trim();
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
