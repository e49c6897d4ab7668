/** Escapes that Go writes with a letter instead of a number. */
const letters: ReadonlyMap<number, string> = new Map([
  [0x07, "\\a"],
  [0x08, "\\b"],
  [0x0c, "\\f"],
  [0x0a, "\\n"],
  [0x0d, "\\r"],
  [0x09, "\\t"],
  [0x0b, "\\v"],
  [0x5c, "\\\\"],
]);

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** A text in double quotes as Go's `%q` prints it: unprintable characters become escapes. */
export const goQuote = (text: string): string => {
  let quoted = '"';
  for (const character of text) quoted += character === '"' ? '\\"' : escapeCharacter(character);
  return `${quoted}"`;
};

/** A byte in single quotes as Go's JSON scanner names it in its errors: taken as the code point of the same number. */
export const goQuoteByte = (byte: number): string => {
  const character = String.fromCharCode(byte);
  return character === "'" ? "'\\''" : `'${escapeCharacter(character)}'`;
};

const escapeCharacter = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  const letter = letters.get(code);
  if (letter !== undefined) return letter;
  if (printable.test(character)) return character;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
};
