import { hopByHopHeaders } from "@herd/shared";

/** Headers that belong to one connection, or to the client's relation with the router, and end here. */
const NOT_FORWARDED = new Set<string>([
  ...hopByHopHeaders,
  "host",
  // Replies are read on their way, so a node must not compress them.
  "accept-encoding",
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
const NOT_RELAYED = new Set<string>([
  ...hopByHopHeaders,
  // A cookie of one node means nothing to the next, and the client's are not forwarded.
  "set-cookie",
  "x-request-id",
]);

const NOT_RELAYED_PREFIXES = ["access-control-", "x-fleet-", "x-herd-"];

/** The client's headers that a node gets, and the request's id: name, value, name, value …, order and case kept. */
export function forwardedHeaders(raw: readonly string[], requestId: string): string[] {
  const headers = filterHeaders(raw, forwarded);
  headers.push("x-request-id", requestId);
  return headers;
}

/** The node's headers that the client gets: order and case kept. */
export function relayedHeaders(raw: readonly string[]): string[] {
  return filterHeaders(raw, relayed);
}

/** One header's value, undefined when it is not there. `name` in lower case. */
export function headerOf(raw: readonly string[], name: string): string | undefined {
  for (let at = 0; at + 1 < raw.length; at += 2) if (raw[at]?.toLowerCase() === name) return raw[at + 1];
  return undefined;
}

/** Remembers the verdict about a header name as it was written: the same few come with every request. */
class NameVerdicts {
  readonly #judge: (lowerName: string) => boolean;
  readonly #known = new Map<string, boolean>();

  constructor(judge: (lowerName: string) => boolean) {
    this.#judge = judge;
  }

  keeps(name: string): boolean {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const verdict = this.#judge(name.toLowerCase());
    if (this.#known.size < MOST_NAMES) this.#known.set(name, verdict);
    return verdict;
  }
}

/** Names beyond this are judged anew each time, so that a client cannot fill the memory with them. */
const MOST_NAMES = 500;

const forwarded = new NameVerdicts(
  (name) => !NOT_FORWARDED.has(name) && !NOT_FORWARDED_PREFIXES.some((prefix) => name.startsWith(prefix)),
);
const relayed = new NameVerdicts(
  (name) => !NOT_RELAYED.has(name) && !NOT_RELAYED_PREFIXES.some((prefix) => name.startsWith(prefix)),
);

function filterHeaders(raw: readonly string[], verdicts: NameVerdicts): string[] {
  const kept: string[] = [];
  const ofConnection = namedByConnection(raw);
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? "";
    if (verdicts.keeps(name) && (ofConnection.size === 0 || !ofConnection.has(name.toLowerCase())))
      kept.push(name, raw[at + 1] ?? "");
  }
  return kept;
}

/** Headers that belong to the connection because its header names them (RFC 9110, 7.6.1), but for the usual values. */
function namedByConnection(raw: readonly string[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() !== "connection") continue;
    for (const part of (raw[at + 1] ?? "").split(",")) {
      const name = part.trim().toLowerCase();
      if (!USUAL_CONNECTION.has(name)) names.add(name);
    }
  }
  return names;
}

const USUAL_CONNECTION: ReadonlySet<string> = new Set(["", "keep-alive", "close", "upgrade"]);
