/**
 * Which recording answers a request: the same method, path and body (byte by byte, else as equal JSON), with the
 * headers that decided the recorded answer. Of several, the one whose other headers fit best, and of equals one after
 * the other in recorded order.
 */
import { type RecordedExchange, requestBody, type WireHeaders } from "./recorded-exchange.ts";
import { headerOf, type WireRequest } from "./request-reader.ts";

/** The header by which a client names the recording that it wants. */
const choiceHeader = "x-recording";

/** A recording, or why there is none. */
export type Choice =
  | { readonly kind: "found"; readonly exchange: RecordedExchange }
  | { readonly kind: "unknown"; readonly text: string };

/** Where the request arrived: the recorder's addresses stand for these. */
export interface ArrivalPlace {
  readonly address: string;
  readonly port: number;
}

/** Creates the choice over recordings that are in recorded order. */
export function createChoice(
  exchanges: readonly RecordedExchange[],
): (request: WireRequest, place: ArrivalPlace) => Choice {
  const byName = new Map(exchanges.map((exchange) => [exchange.name, exchange]));
  const exact = groupBy(exchanges, ({ request }) => exactKey(request.method, request.path, requestBody(request)));
  const equal = groupBy(exchanges, ({ request }) => equalKey(request.method, request.path, requestBody(request)));
  const turns = new Map<string, number>();
  return (request, place) => {
    const wanted = headerOf(request.headers, choiceHeader);
    if (wanted !== undefined) {
      const named = byName.get(wanted);
      return named === undefined ? unknown(`no recording is called ${wanted}`, request, exchanges) : found(named);
    }
    const { method, path, body } = request;
    const same = exact.get(exactKey(method, path, body)) ?? equal.get(equalKey(method, path, body)) ?? [];
    if (same.length === 0) return unknown(`no recording of ${method} ${path} with this body`, request, exchanges);
    const fitting = same.filter((exchange) => isSameAccess(exchange, request, place));
    if (fitting.length === 0) {
      return unknown(
        `${method} ${path} with this body was not recorded with these Host, Origin and version`,
        request,
        same,
      );
    }
    return found(takeTurn(bestOf(fitting, request), turns));
  };
}

function found(exchange: RecordedExchange): Choice {
  return { kind: "found", exchange };
}

function unknown(reason: string, request: WireRequest, exchanges: readonly RecordedExchange[]): Choice {
  const nearest = exchanges
    .map((exchange) => ({ exchange, likeness: likeness(exchange, request) }))
    .toSorted((one, other) => other.likeness - one.likeness)
    .slice(0, 3)
    .map(({ exchange }) => `${exchange.name} (${exchange.request.method} ${exchange.request.path})`);
  return {
    kind: "unknown",
    text: `${reason}; nearest: ${nearest.join(", ")}; ask for one by its name in ${choiceHeader}`,
  };
}

/** 0 = nothing alike. A path counts by the segments that it shares, a body by the words. */
function likeness({ request }: RecordedExchange, wanted: WireRequest): number {
  const paths = shared(request.path.split(/[/?]/), wanted.path.split(/[/?]/));
  const bodies = shared(words(requestBody(request)), words(wanted.body));
  const isWhole = request.path.split("?")[0] === wanted.path.split("?")[0];
  return (isWhole ? 4 : 0) + 2 * paths + 2 * bodies + (request.method === wanted.method ? 1 : 0);
}

function words(body: Buffer): readonly string[] {
  return body.toString("utf8").split(/[^\p{L}\p{N}_.:-]+/u);
}

/** The part of all members that both have: 0 to 1. */
function shared(one: readonly string[], other: readonly string[]): number {
  const all = new Set([...one, ...other]);
  return (new Set(one).size + new Set(other).size - all.size) / all.size;
}

/** Host, Origin and the version of HTTP decide what Ollama answers: they must be as recorded. */
function isSameAccess({ request }: RecordedExchange, wanted: WireRequest, place: ArrivalPlace): boolean {
  const recorder: ArrivalPlace = { address: "127.0.0.1", port: recorderPort(request.headers) };
  const isSame = (name: string) =>
    accessValue(request.headers, name, recorder) === accessValue(wanted.headers, name, place);
  return (request.httpVersion ?? "HTTP/1.1") === wanted.httpVersion && isSame("host") && isSame("origin");
}

function recorderPort(headers: WireHeaders): number {
  return headerOf(headers, "host")?.endsWith(":11522") ? 11_522 : 11_521;
}

function accessValue(headers: WireHeaders, name: string, place: ArrivalPlace): string | undefined {
  const address = place.address.includes(":") ? `[${place.address}]` : place.address;
  return headerOf(headers, name)
    ?.replace(`${address}:${place.port}`, "own")
    .replace(new RegExp(`:${place.port}$`), ":own");
}

function bestOf(exchanges: readonly RecordedExchange[], request: WireRequest): readonly RecordedExchange[] {
  const scores = exchanges.map((exchange) => headerScore(exchange.request.headers, request.headers));
  const best = Math.max(...scores);
  return exchanges.filter((_, index) => scores[index] === best);
}

/** Equal headers count for a recording, missing and different ones against it. */
function headerScore(recorded: WireHeaders, wanted: WireHeaders): number {
  const isSame = ([name, value]: readonly [string, string]) => headerOf(wanted, name.toLowerCase()) === value;
  const counted = recorded.filter(([name]) => !/^(host|origin|content-length|user-agent)$/i.test(name));
  const agent = headerOf(recorded, "user-agent") === headerOf(wanted, "user-agent") ? 1 : 0;
  return agent + counted.filter(isSame).length - counted.filter((header) => !isSame(header)).length;
}

function takeTurn(exchanges: readonly RecordedExchange[], turns: Map<string, number>): RecordedExchange {
  const key = exchanges.map(({ name }) => name).join();
  const turn = turns.get(key) ?? 0;
  turns.set(key, turn + 1);
  const chosen = exchanges[turn % exchanges.length];
  if (chosen === undefined) throw new Error("a choice among no recordings");
  return chosen;
}

function groupBy(
  exchanges: readonly RecordedExchange[],
  keyOf: (exchange: RecordedExchange) => string,
): ReadonlyMap<string, readonly RecordedExchange[]> {
  return Map.groupBy(exchanges, keyOf);
}

function exactKey(method: string, path: string, body: Buffer): string {
  return `${method} ${path} ${body.toString("base64")}`;
}

/** The same for bodies of equal JSON, whatever their spaces and the order of their members. */
function equalKey(method: string, path: string, body: Buffer): string {
  try {
    return `${method} ${path} ${JSON.stringify(sortMembers(JSON.parse(body.toString("utf8"))))}`;
  } catch {
    // No JSON: only equal bytes are equal.
    return exactKey(method, path, body);
  }
}

function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([name, inner]) => [name, sortMembers(inner)]));
}
