/** Answers that are written as JSON by the thread that reads: the one that relays streams only sends their bytes. */

/** A list of JSON objects, written in pieces; those of days that are over are used again. */
export class WrittenList {
  readonly pieces: readonly WrittenRows[];

  constructor(pieces: readonly WrittenRows[]) {
    this.pieces = pieces.filter(({ count }) => count > 0);
  }
}

/** Some rows as JSON: without brackets, a comma between two. */
export interface WrittenRows {
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** Writes rows once. */
export const writeRows = (rows: readonly object[]): WrittenRows => ({
  count: rows.length,
  bytes: encoder.encode(rows.map((row) => JSON.stringify(row)).join(",")),
});

/** Writes an object; members that are undefined are left out. The bytes have a buffer of their own, which can be handed over. */
export function writeAnswer(members: Readonly<Record<string, unknown>>): Uint8Array {
  const chunks: Uint8Array[] = [];
  const text = (part: string): void => void chunks.push(encoder.encode(part));
  let before = "{";
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    text(`${before}${JSON.stringify(name)}:`);
    before = ",";
    if (value instanceof WrittenList) addList(chunks, value);
    else text(JSON.stringify(value));
  }
  text(before === "{" ? "{}" : "}");
  return joined(chunks);
}

const encoder = new TextEncoder();
const [open, comma, close] = ["[", ",", "]"].map((sign) => encoder.encode(sign)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

function addList(chunks: Uint8Array[], { pieces }: WrittenList): void {
  chunks.push(open);
  for (const [at, { bytes }] of pieces.entries()) chunks.push(...(at === 0 ? [bytes] : [comma, bytes]));
  chunks.push(close);
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
