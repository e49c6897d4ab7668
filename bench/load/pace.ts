/** How the bench's own backend streams an answer. */
export interface Pace {
  readonly chunks: number;
  /** Time between two of them, ms; 0: as fast as they are read. */
  readonly everyMs: number;
  /** About so many bytes each; at least what a record with one word takes. */
  readonly bytes: number;
}

const NAME = "x-bench-pace";

/** The header that asks for a pace: proxies pass headers on that they do not know, whatever they make of the body. */
export const paceHeader = ({ chunks, everyMs, bytes }: Pace): readonly [name: string, value: string] => [
  NAME,
  [chunks, everyMs, bytes].join(),
];

/** The pace that a request asks for; undefined: an answer in one piece. */
export function paceIn(headers: Readonly<Record<string, string | readonly string[] | undefined>>): Pace | undefined {
  const found = /^(\d+),(\d+),(\d+)$/.exec(String(headers[NAME]));
  if (found === null) return undefined;
  return { chunks: Number(found[1]), everyMs: Number(found[2]), bytes: Number(found[3]) };
}
