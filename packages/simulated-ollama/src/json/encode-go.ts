/** JSON text as Go's `encoding/json` writes it: `<`, `>`, `&` and the two Unicode line separators are escaped. */
export function encodeGo(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
