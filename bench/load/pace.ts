/** How the bench's own backend streams an answer. */
export interface Pace {
  readonly chunks: number;
  /** Time between two of them, ms; 0: as fast as they are read. */
  readonly everyMs: number;
  /** About so many bytes each. */
  readonly bytes: number;
}

/** The member of a body that asks for a pace; it must come last. Ollama and routers skip members they do not know. */
export const paceMember = ({ chunks, everyMs, bytes }: Pace): object => ({ pace: [chunks, everyMs, bytes] });

/** The pace that the end of a body asks for; undefined: an answer in one piece. */
export function paceIn(bodyEnd: string): Pace | undefined {
  const found = /"pace":\[(\d+),(\d+),(\d+)\]\}$/.exec(bodyEnd);
  if (found === null) return undefined;
  return { chunks: Number(found[1]), everyMs: Number(found[2]), bytes: Number(found[3]) };
}
