const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
/** East Asian wide and full-width signs, and emoji in their picture form. */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|[\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Emoji}\ufe0f)/u;
const PLAIN = /^[\x20-\x7e]*$/;

/** Columns that a text takes on a terminal: wide signs take two, signs that join the one before them none. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += widthOf(segment);
  return width;
}

const widthOf = (segment: string): number => (WIDE.test(segment) ? 2 : 1);

/** The text in at most so many columns; what does not fit is replaced by `…`. */
export function cutText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = "";
  let left = columns - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return columns < 1 ? "" : `${kept.trimEnd()}…`;
}

/** The text with blanks behind or before it, so many columns wide. */
export function padText(text: string, columns: number, side: "left" | "right" = "left"): string {
  const blanks = " ".repeat(Math.max(0, columns - textWidth(text)));
  return side === "left" ? text + blanks : blanks + text;
}

/** One line without signs that steer a terminal: names that machines and models give themselves are strangers' words. */
export function harmlessText(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu, (sign) => (sign === "\u200d" ? sign : "�"));
}
