/** Headers that belong to one connection, or to the client's relation with the router, and end here. */
const NOT_FORWARDED = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "host",
  "content-length",
  "expect",
  "origin",
  "referer",
  "cookie",
  "authorization",
  "x-api-key",
  "forwarded",
  "x-request-id",
]);

const NOT_FORWARDED_PREFIXES = ["sec-fetch-", "x-forwarded-", "x-herd-"];

/** Headers of a reply that belong to the connection with the node, or that the router sets itself. */
const NOT_RELAYED = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-herd-gateway",
]);

/** The client's headers that a node gets: name, value, name, value …, order and case kept. */
export function forwardedHeaders(raw: readonly string[]): string[] {
  return filterHeaders(
    raw,
    (name) => !NOT_FORWARDED.has(name) && !NOT_FORWARDED_PREFIXES.some((prefix) => name.startsWith(prefix)),
  );
}

/** The node's headers that the client gets: order and case kept. */
export function relayedHeaders(raw: readonly string[]): string[] {
  return filterHeaders(raw, (name) => !NOT_RELAYED.has(name) && !name.startsWith("access-control-"));
}

/** One header's value, undefined when it is not there. `name` in lower case. */
export function headerOf(raw: readonly string[], name: string): string | undefined {
  for (let at = 0; at + 1 < raw.length; at += 2) if (raw[at]?.toLowerCase() === name) return raw[at + 1];
  return undefined;
}

function filterHeaders(raw: readonly string[], keeps: (lowerName: string) => boolean): string[] {
  const kept: string[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? "";
    if (keeps(name.toLowerCase())) kept.push(name, raw[at + 1] ?? "");
  }
  return kept;
}
