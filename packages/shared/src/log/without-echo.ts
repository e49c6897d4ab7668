/** A request's body as messages about it are compared with it. */
export interface Quotable {
  readonly raw: string;
  /** With the escapes of JSON strings read. */
  readonly plain: string;
}

/** Prepares a body once for all messages about it. */
export const quotableOf = (raw: string): Quotable => ({ raw, plain: unescaped(raw) });

/** Shortest run of characters that two texts share and that counts as a quotation. */
const SHORTEST_ECHO = 12;
/** Longest part of a message that is looked through, characters. */
const LONGEST_MESSAGE = 4_096;

/**
 * A message about a request without what it quotes of the request: every run of at least 12 characters that the source
 * holds as well, also in the escapes of JSON, is replaced by `…`. Servers like to repeat what they could not
 * understand, and what people ask is nothing for records. It walks over the source once, whatever the texts are like.
 * @param source the request's body
 * @param kept words of the source that are no secret, such as the model's name
 */
export function withoutEcho(message: string, { raw, plain }: Quotable, kept: readonly string[] = []): string {
  const text = message.slice(0, LONGEST_MESSAGE);
  const runs = new Runs(text, kept);
  runs.findIn(plain);
  if (raw !== plain) runs.findIn(raw);
  let result = "";
  let at = 0;
  while (at < text.length) {
    const end = runs.endOfEcho(at);
    result += end > at ? "…" : (text[at] ?? "");
    at = Math.max(at + 1, end);
  }
  return result;
}

/** The base of the rolling hash (Karp and Rabin 1987), odd, so that no character is lost modulo 2^32. */
const BASE = 0x01000193;
/** What a character counts when it leaves a run: the base to the power of the run's length. */
const LEAVING = Array.from({ length: SHORTEST_ECHO }).reduce<number>((power) => Math.imul(power, BASE), 1);
/** Places of the first look, by the hash's upper bits: most runs of a source are told apart by it. */
const FIRST_LOOK_BITS = 14;

/** All runs of twelve characters of a text, by their hash. */
class Runs {
  readonly #text: string;
  readonly #starts = new Map<number, number[]>();
  readonly #firstLook = new Uint8Array(2 ** FIRST_LOOK_BITS);
  /** Start of a run that is an echo. */
  readonly #isEcho: Uint8Array;

  constructor(text: string, kept: readonly string[]) {
    this.#text = text;
    this.#isEcho = new Uint8Array(text.length);
    eachRun(text, (hash, start) => {
      const run = text.slice(start, start + SHORTEST_ECHO);
      if (kept.some((word) => word.includes(run))) return;
      const starts = this.#starts.get(hash);
      if (starts === undefined) this.#starts.set(hash, [start]);
      else starts.push(start);
      this.#firstLook[hash >>> (32 - FIRST_LOOK_BITS)] = 1;
    });
  }

  findIn(source: string): void {
    if (this.#starts.size === 0) return;
    eachRun(source, (hash, start) => {
      if (this.#firstLook[hash >>> (32 - FIRST_LOOK_BITS)] === 1) this.#meet(hash, source, start);
    });
  }

  /** Where the echo ends that holds the character at this place; the place itself when none does. */
  endOfEcho(at: number): number {
    let end = at;
    for (let start = at; start <= end && start < this.#isEcho.length; start += 1) {
      if (this.#isEcho[start] === 1) end = start + SHORTEST_ECHO;
    }
    return end;
  }

  /** Each run is an echo once: a source of one character would otherwise be compared at every place. */
  #meet(hash: number, source: string, start: number): void {
    const starts = this.#starts.get(hash);
    if (starts === undefined) return;
    const found = source.slice(start, start + SHORTEST_ECHO);
    const others = starts.filter((one) => !this.#text.startsWith(found, one));
    if (others.length === starts.length) return;
    for (const one of starts) if (!others.includes(one)) this.#isEcho[one] = 1;
    if (others.length === 0) this.#starts.delete(hash);
    else this.#starts.set(hash, others);
  }
}

/** Calls for every run of the text, with its hash. */
function eachRun(text: string, visit: (hash: number, start: number) => void): void {
  let hash = 0;
  for (let at = 0; at < text.length; at += 1) {
    const left = at < SHORTEST_ECHO ? 0 : Math.imul(text.charCodeAt(at - SHORTEST_ECHO), LEAVING);
    hash = (Math.imul(hash, BASE) + text.charCodeAt(at) - left) | 0;
    if (at >= SHORTEST_ECHO - 1) visit(hash, at - SHORTEST_ECHO + 1);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** The source with the escapes of JSON strings read. */
const unescaped = (source: string): string =>
  source.includes("\\")
    ? source.replace(/\\(?:u([0-9a-f]{4})|(.))/gi, (_all, code: string | undefined, sign: string | undefined) =>
        code === undefined ? (ESCAPES[sign ?? ""] ?? sign ?? "") : String.fromCharCode(Number.parseInt(code, 16)),
      )
    : source;
