const HARMFUL = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]/gu;

/**
 * A value as JSON whose strings steer no terminal: signs that are not to be seen are written as `\uXXXX`, which every
 * reader of JSON takes for the same string.
 * @param indent blanks per level; 0 for one line
 */
export function jsonText(value: unknown, indent = 2): string {
  const text = JSON.stringify(value, undefined, indent) ?? "null";
  return text.replace(HARMFUL, (sign) => (sign === "\n" ? sign : escaped(sign)));
}

const escaped = (sign: string): string =>
  [...Array(sign.length).keys()].map((at) => `\\u${sign.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
