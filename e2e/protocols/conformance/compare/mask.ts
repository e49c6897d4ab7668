/**
 * What of a body may differ between two equal answers is replaced: dates, durations, and ids that chance has made. Ids are
 * numbered as they come, so that one that changes inside a stream is still seen. Works on latin1 text, one character a byte.
 */
export function maskBody(text: string): string {
  const ids = new Map<string, number>();
  const numbered = (id: string): string => {
    const number = ids.get(id) ?? ids.size + 1;
    ids.set(id, number);
    return `<id ${number}>`;
  };
  return text
    .replace(/"(created_at|expires_at|modified_at)":"[^"]*"/g, '"$1":"<date>"')
    .replace(/"(created|created_at|completed_at)":\d+/g, '"$1":<date>')
    .replace(/"((?:total|load|prompt_eval|eval)_duration)":\d+/g, '"$1":<ns>')
    .replace(
      /(?<=:)"((?:chatcmpl|cmpl)-\d+|(?:call|fc|msg|req|resp|rs)_[0-9a-z_]+)"/g,
      (_, id: string) => `"${numbered(id)}"`,
    );
}
