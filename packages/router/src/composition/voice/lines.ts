import { type Paint, padText, textWidth } from "@herd/shared/terminal";

/** How lines for a person are laid out. */
export interface Page {
  readonly paint: Paint;
  /** Columns that a line should not exceed. */
  readonly width: number;
}

const LABEL_COLUMNS = 14;
const LONGEST_LINE = 96;

/** A text that may be broken at blanks, or a command, which stays whole so that it can be copied. */
export type Entry = string | { readonly command: string };

/** A label and what belongs to it, every entry on lines of its own, all at the same column. */
export function labelled(label: string, entries: readonly Entry[], { paint, width }: Page): string {
  const room = Math.min(width, LONGEST_LINE) - LABEL_COLUMNS - HANGING;
  const lines = entries.flatMap((entry) => {
    if (typeof entry !== "string") return [entry.command];
    return wrapped(entry, room).map((line, at) => (at === 0 ? line : " ".repeat(HANGING) + line));
  });
  return lines
    .map((line, at) => `${paint(padText(at === 0 ? `  ${label}` : "", LABEL_COLUMNS), "quiet")}${line}\n`)
    .join("");
}

const HANGING = 2;

/** A text on lines of at most so many columns, broken at blanks; what has no blank stays whole. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
