import type { OriginRule } from "./origin-rule.ts";

/** One call as the rules for web pages see it. */
export interface PageCall {
  readonly method: string;
  /** The page a browser calls from; empty and absent mean none. */
  readonly origin: string | undefined;
  readonly host: string | undefined;
}

/** Headers that an answer gets, by name. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

/** No foreign page; or a page that may call, and what its answer carries; or one that may not. */
export type PageVerdict =
  | { readonly kind: "own" }
  | { readonly kind: "allowed"; readonly isPreflight: boolean; readonly headers: AnswerHeaders }
  | { readonly kind: "refused" };

const OWN: PageVerdict = { kind: "own" };
const REFUSED: PageVerdict = { kind: "refused" };

/** What Ollama allows pages to send, and beyond it what the SDKs and the router's own request headers need. */
const ALLOWED_REQUEST_HEADERS = [
  "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,X-Stainless-Async",
  "X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os",
  "X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,X-Stainless-Runtime",
  "X-Stainless-Runtime-Version,X-Stainless-Timeout,X-Stainless-Helper,X-Stainless-Stream-Helper",
  "X-Stainless-Read-Timeout,X-Api-Key,Anthropic-Version,Anthropic-Beta,Anthropic-Dangerous-Direct-Browser-Access",
  "Openai-Organization,Openai-Project,Idempotency-Key,X-Herd-Tags,X-Herd-Priority,X-Herd-Node,X-Herd-Fallback",
  "X-Herd-Fallback-Models,X-Fleet-No-Fallback,X-Request-Id,Traceparent,Tracestate",
].join(",");

const PREFLIGHT_HEADERS: AnswerHeaders = {
  "Access-Control-Allow-Headers": ALLOWED_REQUEST_HEADERS,
  "Access-Control-Allow-Methods": "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS",
  "Access-Control-Max-Age": "43200",
};

/** Pages may read every header of ours: request id, node, fallback. Calls with a browser's own credentials cannot be made anyway. */
const EXPOSED: AnswerHeaders = { "Access-Control-Expose-Headers": "*" };

/** Judges one call as Ollama's CORS rules do: before any other rule, and for every path. */
export function judgePage({ method, origin, host }: PageCall, rule: OriginRule): PageVerdict {
  // An empty Origin counts as none, and the router's own pages need no permission.
  if (origin === undefined || origin === "" || origin === `http://${host}` || origin === `https://${host}`) return OWN;
  if (!rule.allows(origin)) return REFUSED;
  const isPreflight = method === "OPTIONS";
  const named = { "Access-Control-Allow-Origin": rule.allowsAll ? "*" : origin };
  const headers = isPreflight ? { ...PREFLIGHT_HEADERS, ...named } : { ...named, ...EXPOSED };
  // When every page may, the answer is the same for all of them.
  return {
    kind: "allowed",
    isPreflight,
    headers: rule.allowsAll ? headers : { ...headers, Vary: varyOf(isPreflight) },
  };
}

const varyOf = (isPreflight: boolean): string | readonly string[] =>
  isPreflight ? ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"] : "Origin";
