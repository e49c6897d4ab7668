/** Signs that turn a terminal into a picture that is drawn anew in place, and back. */
export const screenBegin = "\u001b[?1049h\u001b[?25l\u001b[?7l";

/** Undoes `screenBegin`: what stood on the terminal before is back, with its cursor. */
export const screenEnd = "\u001b[?7h\u001b[?25h\u001b[?1049l";

/**
 * A text drawn over the one before it, without flicker: each line is overwritten and its rest cleared. Lines that do not
 * fit are left out; the last one says so. The terminal cuts long lines.
 * @param rows of the terminal
 */
export function screenFrame(text: string, rows: number): string {
  const lines = text.replace(/\n$/, "").split("\n");
  const shown =
    lines.length <= rows ? lines : [...lines.slice(0, Math.max(0, rows - 1)), moreLines(lines.length, rows)];
  return `\u001b[H${shown.map((line) => `${line}\u001b[K`).join("\r\n")}\u001b[J`;
}

const moreLines = (count: number, rows: number): string => `… ${count - Math.max(0, rows - 1)} more lines`;
