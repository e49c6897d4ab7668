/** A word of a line that a person copies into a terminal: names that a node chose may hold anything. */
export const shellWord = (text: string): string =>
  /^[\w.:/@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
