const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ["\\", "\\\\"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what has to be escaped
const special = /["\\<>&\u0000-\u001f\u2028\u2029]/g;

/** A text as a JSON string in the bytes of Go's encoder, which also escapes `<`, `>`, `&` and two line separators. */
export const goJsonString = (text: string): string => `"${text.toWellFormed().replace(special, escapeCharacter)}"`;

const escapeCharacter = (character: string): string =>
  escapes.get(character) ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
