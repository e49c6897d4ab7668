/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

const LONGEST_NAME = 80;

/** A name that a node or a client chose: one line, no control signs, bounded. */
export const shortName = (text: string): string => {
  const plain = withoutControls(text).trim();
  return plain.length <= LONGEST_NAME ? plain : `${plain.slice(0, LONGEST_NAME - 1)}…`;
};

/** Control signs, signs that change the direction of writing, and line ends become blanks; runs of blanks one. */
export const withoutControls = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\s]+/gu, " ");
