/**
 * Who may call: Ollama's rules for Origin (CORS with its default origins) and for Host (only on a loopback address).
 * Both run before any route, and also for paths and methods that match none.
 */
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { RawHeaders, WholeAnswer } from "./answer.ts";
import type { OriginRule } from "./origins.ts";

/** What the rules look at. */
export interface AccessRequest {
  readonly method: string;
  readonly origin: string | undefined;
  readonly host: string;
  /** The Allow header, when the path is known and the method is not. */
  readonly allow: RawHeaders;
}

/** Where the server listens and what the machine is called. */
export interface AccessPlace {
  readonly address: string;
  readonly hostname: string;
  readonly origins: OriginRule;
}

/** Let through with headers to add, or answered here. */
export type Access =
  | { readonly kind: "pass"; readonly headers: RawHeaders }
  | { readonly kind: "answer"; readonly answer: WholeAnswer };

/** Applies both rules. */
export function checkAccess(request: AccessRequest, place: AccessPlace): Access {
  const { origin, host, method, allow } = request;
  const refusal: Access = { kind: "answer", answer: { status: 403, headers: allow, body: "" } };
  // An empty Origin counts as none, and that of the server itself needs no permission.
  const isForeign = !!origin && origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeign && !place.origins.allows(origin)) return refusal;
  const granted = isForeign ? grantOrigin(origin, place.origins) : [];
  if (isForeign && method === "OPTIONS") {
    return { kind: "answer", answer: { status: 204, headers: [...preflightHeaders, ...granted, ...allow], body: "" } };
  }
  const headers = granted.slice(0, 2);
  const bare = (status: number): Access => ({
    kind: "answer",
    answer: { status, headers: [...headers, ...allow], body: "" },
  });
  const verdict = checkHost(host, place);
  if (verdict === "refused") return bare(403);
  if (verdict === "named" && method === "OPTIONS") return bare(204);
  return { kind: "pass", headers };
}

/** When all may, nobody is named, and the answer is the same for everybody; the last two are for preflights only. */
function grantOrigin(origin: string, rule: OriginRule): RawHeaders {
  if (rule.allowsAll) return [["Access-Control-Allow-Origin", "*"]];
  return [
    ["Access-Control-Allow-Origin", origin],
    ["Vary", "Origin"],
    ["Vary", "Access-Control-Request-Method"],
    ["Vary", "Access-Control-Request-Headers"],
  ];
}

const allowedHeaders =
  "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,X-Stainless-Async," +
  "X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os," +
  "X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,X-Stainless-Runtime," +
  "X-Stainless-Runtime-Version,X-Stainless-Timeout";

const preflightHeaders: RawHeaders = [
  ["Access-Control-Allow-Headers", allowedHeaders],
  ["Access-Control-Allow-Methods", "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"],
  ["Access-Control-Max-Age", "43200"],
];

/** `named` = allowed by its name, for which OPTIONS has an answer of its own. */
function checkHost(host: string, place: AccessPlace): "open" | "named" | "refused" {
  if (!isLoopback(place.address)) return "open";
  const name = withoutPort(host).toLowerCase();
  if (isIP(name) !== 0) return isNearAddress(name) ? "open" : "refused";
  const isAllowed = name === "" || name === "localhost" || name === place.hostname.toLowerCase();
  return isAllowed || /\.(localhost|local|internal)$/.test(name) ? "named" : "refused";
}

/** Brackets belong to a port: without one they make a name of the address, and no allowed one. */
function withoutPort(host: string): string {
  const [, bracketed] = /^\[(.*)\]:[^:]*$/.exec(host) ?? [];
  if (bracketed !== undefined) return bracketed;
  return isIP(host) === 6 ? host : host.replace(/^([^:]*):[^:]*$/, "$1");
}

function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || address.startsWith("127.");
}

function isNearAddress(address: string): boolean {
  const isPrivate = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/.test(address);
  if (isPrivate || isLoopback(address) || address === "0.0.0.0" || address === "::") return true;
  return Object.values(networkInterfaces()).some((entries) => entries?.some((entry) => entry.address === address));
}
