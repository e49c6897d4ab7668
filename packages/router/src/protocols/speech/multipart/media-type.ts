/** A media type or a content disposition with its parameters, names in lower case. */
export interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^`|~\\w-]+";
const TYPE = new RegExp(`^${TOKEN}(/${TOKEN})?$`);
/** A backslash escapes these only; before anything else it stands for itself. */
const SPECIAL = '[()<>@,;:\\\\"/[\\]?=]';
const QUOTED = `"((?:\\\\${SPECIAL}|\\\\(?!${SPECIAL})|[^"\\\\\\r\\n])*)"`;
const PARAMETER = new RegExp(`\\s*;\\s*(${TOKEN})\\s*=\\s*(?:(${TOKEN})|${QUOTED})`, "y");
const ESCAPED = new RegExp(`\\\\(${SPECIAL})`, "g");
const NOTHING_MORE = /\s*;?\s*$/y;

/**
 * Reads a header of the form `type; name=value; …` as Go's `mime.ParseMediaType` does; undefined where that fails, be it only
 * on one parameter. Values split over several parameters (RFC 2231, `name*0`) are not put together.
 */
export function readMediaType(header: string): MediaType | undefined {
  const at = header.indexOf(";");
  const type = (at < 0 ? header : header.slice(0, at)).trim().toLowerCase();
  if (!TYPE.test(type)) return undefined;
  const parameters = at < 0 ? new Map<string, string>() : readParameters(header, at);
  return parameters === undefined ? undefined : { type, parameters: withDecoded(parameters) };
}

function readParameters(header: string, from: number): ReadonlyMap<string, string> | undefined {
  const parameters = new Map<string, string>();
  let at = from;
  while (!matchesAt(NOTHING_MORE, header, at)) {
    PARAMETER.lastIndex = at;
    const [whole, name = "", token, quoted = ""] = PARAMETER.exec(header) ?? [];
    if (whole === undefined) return undefined;
    const key = name.toLowerCase();
    const value = token ?? quoted.replace(ESCAPED, "$1");
    const known = parameters.get(key);
    if (known !== undefined && known !== value) return undefined;
    parameters.set(key, value);
    at += whole.length;
  }
  return parameters;
}

function matchesAt(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

/** Adds the plain name of every `name*=charset'language'value` (RFC 2231, 5987), which counts more than a plain one. */
function withDecoded(parameters: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const all = new Map(parameters);
  for (const [name, value] of parameters) {
    const [, charset, encoded] = /^([^']*)'[^']*'(.*)$/.exec(value) ?? [];
    if (!name.endsWith("*") || encoded === undefined || !/^(us-ascii|utf-8)$/i.test(charset ?? "")) continue;
    const decoded = decode(encoded);
    if (decoded !== undefined) all.set(name.slice(0, -1), decoded);
  }
  return all;
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}
