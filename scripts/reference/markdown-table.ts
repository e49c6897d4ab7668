/** A table of cells that are markdown already. */
export function markdownTable(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heading, heading.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** Text for a table cell, so that none of its characters is taken for markup. */
export function plain(text: string): string {
  return text.replace(/[\\|<>*`]/g, "\\$&");
}

/** Text in the type of code, for a table cell. */
export function code(text: string): string {
  return `\`${text.replaceAll("|", "\\|")}\``;
}
