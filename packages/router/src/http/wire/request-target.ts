import { cleanPath } from "../clean-path.ts";

/** What a request line asks for. */
export type RequestTarget =
  | {
      readonly kind: "path";
      /** Path and query, ready to be routed. */
      readonly path: string;
      /** Host and port, where the line names them itself: they count, not the Host header. */
      readonly authority: string | undefined;
    }
  /** `*`: the server as a whole. */
  | { readonly kind: "server" }
  | { readonly kind: "malformed" };

const MALFORMED: RequestTarget = { kind: "malformed" };
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)(.*)$/is;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;

/** Reads a request target as Go's server does: origin form, absolute form, `*`; a broken escape in the path is malformed. */
export function readTarget(target: string): RequestTarget {
  if (target.startsWith("/")) return fromPath(target, undefined);
  if (target === "*") return { kind: "server" };
  const [, authority = "", rest = ""] = ABSOLUTE.exec(target) ?? [];
  if (authority === "") return MALFORMED;
  return fromPath(rest.startsWith("/") ? rest : `/${rest}`, authority.slice(authority.lastIndexOf("@") + 1));
}

function fromPath(written: string, authority: string | undefined): RequestTarget {
  // Cleaned as it was written: dots and slashes that were escaped stay what they are.
  const target = cleanPath(written);
  if (!/[%#]/.test(target)) return { kind: "path", path: target, authority };
  const at = target.indexOf("?");
  const path = at < 0 ? target : target.slice(0, at);
  if (BROKEN_ESCAPE.test(path)) return MALFORMED;
  return { kind: "path", path: `${plainPath(path)}${at < 0 ? "" : target.slice(at)}`, authority };
}

/**
 * Ollama routes by the decoded path, slashes too, so that an escaped one in a model's name finds no route. The router's own
 * routes take names with slashes: elsewhere escapes stay. A `#` is part of a path, not its end.
 */
function plainPath(path: string): string {
  const decoded = decode(path);
  if (decoded === undefined) return path.replaceAll("%", "%25").replaceAll("#", "%23");
  if (!/^\/(api|v1)\//.test(decoded)) return path.replaceAll("#", "%23");
  return encodeURI(decoded).replace(/[?#]/g, encodeURIComponent);
}

/** undefined where the escaped bytes are no UTF-8. */
function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
