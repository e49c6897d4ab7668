/** What stands in a record where a secret was. */
const REDACTED = "[redacted]";

/**
 * Shapes of secrets. A scheme or name before them is kept, so that it can still be seen what was there: keys of providers
 * by their prefixes, what stands in an Authorization header, texts of members and parameters with telling names (numbers
 * stay, so that JSON stays JSON), and passwords in URLs. None can be slow on a long text: every repetition is bounded or of one class of signs.
 */
const SHAPES: readonly (readonly [shape: RegExp, replacement: string])[] = [
  [/\b(Bearer)(\s+|%20)["']?[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // These two are words of every day as well: what follows must look like no word.
  [/\b(Basic|Token)(\s+|%20)["']?(?=[\w.~+/-]{0,64}[\d=])[\w.~+/=-]{6,}/g, `$1 ${REDACTED}`],
  [/\b(?:(?:hf|gsk|gh[posu]|pk|rk)_|sk[-_]|(?:xai|glpat|xox[bp])-|herd_)[\w-]{8,}/g, REDACTED],
  [/\bAIza[\w-]{20,}/g, REDACTED],
  [/\bAKIA[A-Z0-9]{12,}/g, REDACTED],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?/g, REDACTED],
  [
    /((?:["'\\]{0,3})\b(?:x[-_]api[-_]key|api[-_]?key|access[-_]?token|auth[-_]?token|client[-_]?secret|password|passwd|secret|authorization|token)(?!"\s{0,3}:\s{0,3}[^"\s])["'\\]{0,3}\s{0,3}[:=]\s{0,3}["'\\]{0,3})(?!\[redacted\]|(?:Bearer|Basic|Token)\s)[^\s"'\\&,;})]{3,}/gi,
    `$1${REDACTED}`,
  ],
  [/(\b[a-z][a-z0-9+.-]{1,15}:\/\/)[^\s/@"'\\]{1,256}@/gi, `$1${REDACTED}@`],
];

/** Anything of this must be there, or there is no secret of a known shape. Most lines hold none of it. */
const HINT =
  /bearer|basic|token|api|key|secret|passw|authorization|:\/\/[^\s/]{1,256}@|\b(?:sk|pk|rk|hf|gsk|xai|gh[posu]|glpat|xox[bp]|herd)[-_]|AIza|AKIA|eyJ/i;

/** The text without what looks like a key, a token or a password. Applying it again changes nothing. */
export function redactSecrets(text: string): string {
  if (!HINT.test(text)) return text;
  return SHAPES.reduce((rest, [shape, replacement]) => rest.replace(shape, replacement), text);
}

/** Shortest run of characters that two texts share and that counts as a quotation. */
const SHORTEST_ECHO = 12;
/** Longest part of a message that is looked through, characters. */
const LONGEST_MESSAGE = 4_096;

/**
 * A message about a request without what it quotes of the request: every run of at least 12 characters that the source
 * holds as well, also in the escapes of JSON, is replaced by `…`. Servers like to repeat what they could not
 * understand, and what people ask is nothing for records.
 * @param source the request's body
 * @param kept words of the source that are no secret, such as the model's name
 */
export function withoutEcho(message: string, source: string, kept: readonly string[] = []): string {
  const text = message.slice(0, LONGEST_MESSAGE);
  if (text.length < SHORTEST_ECHO || source.length < SHORTEST_ECHO) return text;
  const plain = unescaped(source);
  let result = "";
  let at = 0;
  while (at < text.length) {
    const length = echoAt(text, at, { source, plain, kept });
    result += length > 0 ? "…" : (text[at] ?? "");
    at += Math.max(1, length);
  }
  return result;
}

interface Sources {
  readonly source: string;
  readonly plain: string;
  readonly kept: readonly string[];
}

/** How many characters from this place on are a quotation; 0 when too few. */
function echoAt(text: string, at: number, { source, plain, kept }: Sources): number {
  const probe = text.slice(at, at + SHORTEST_ECHO);
  if (probe.length < SHORTEST_ECHO) return 0;
  const within = plain.includes(probe) ? plain : source.includes(probe) ? source : undefined;
  if (within === undefined || kept.some((word) => word.includes(probe))) return 0;
  let [least, most] = [SHORTEST_ECHO, text.length - at];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (within.includes(text.slice(at, at + middle))) least = middle;
    else most = middle - 1;
  }
  return least;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** The source with the escapes of JSON strings read. */
const unescaped = (source: string): string =>
  source.includes("\\")
    ? source.replace(/\\(?:u([0-9a-f]{4})|(.))/gi, (_all, code: string | undefined, sign: string | undefined) =>
        code === undefined ? (ESCAPES[sign ?? ""] ?? sign ?? "") : String.fromCharCode(Number.parseInt(code, 16)),
      )
    : source;
