/** Texts that checks share. */

/** A word of a shell line, quoted where it needs it: names come from machines that anybody may have set up. */
export const shellWord = (word: string): string =>
  /^[A-Za-z0-9._:@/][A-Za-z0-9._:@%+=,/-]*$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A flag with its word; a word that begins with a dash would be taken for another flag. */
export const flagWord = (flag: string, word: string): string =>
  `${flag}${word.startsWith("-") ? "=" : " "}${shellWord(word)}`;

/** A number of GiB as a person reads it. */
export const gibText = (gib: number): string => `${gib >= 100 ? Math.round(gib) : Math.round(gib * 10) / 10} GiB`;

/** Bytes as GiB with two decimals. */
export const gibOf = (bytes: number): number => Math.round((bytes / 2 ** 30) * 100) / 100;

/** A time span in the largest fitting unit, from ms. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** A name as it stands in a sentence: control characters would end lines or colour terminals. */
export const plainText = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").slice(0, 300);
