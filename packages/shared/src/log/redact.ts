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
