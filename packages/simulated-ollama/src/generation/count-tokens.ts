/**
 * About how many tokens a text has: one per template mark, line break or sign, one per six letters of a word. Near the
 * recorded counts of short prompts; never 0.
 */
export function countTokens(text: string): number {
  let count = 0;
  for (const match of text.matchAll(/<\|\w+\|>|[\p{L}\p{N}']+|[^\s\p{L}\p{N}]|\n/gu)) {
    count += match[0].startsWith("<|") ? 1 : Math.ceil(match[0].length / 6);
  }
  return Math.max(1, count);
}
