/** The value of a JSON column; undefined for NULL and for text that is no JSON (people edit databases). */
export function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
