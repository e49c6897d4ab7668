/**
 * Who may call: Ollama's rules for Origin (CORS with its default origins) and for Host (only on a loopback address).
 * Both run before any route, and also for paths and methods that match none.
 */
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import type { RawHeaders, WholeAnswer } from "./answer.ts";

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
}

/** Let through with headers to add, or answered here. */
export type Access =
  | { readonly kind: "pass"; readonly headers: RawHeaders }
  | { readonly kind: "answer"; readonly answer: WholeAnswer };

/** Applies both rules. */
export function checkAccess(request: AccessRequest, place: AccessPlace): Access {
  const { origin, host, method, allow } = request;
  const refusal: Access = { kind: "answer", answer: { status: 403, headers: allow, body: "" } };
  const isForeign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeign && !isAllowedOrigin(origin)) return refusal;
  if (isForeign && method === "OPTIONS") {
    return { kind: "answer", answer: { status: 204, headers: [...preflight(origin), ...allow], body: "" } };
  }
  const verdict = checkHost(host, place);
  if (verdict === "refused") return refusal;
  if (verdict === "named" && method === "OPTIONS") {
    return { kind: "answer", answer: { status: 204, headers: allow, body: "" } };
  }
  const headers: RawHeaders = isForeign
    ? [
        ["Access-Control-Allow-Origin", origin],
        ["Vary", "Origin"],
      ]
    : [];
  return { kind: "pass", headers };
}

function isAllowedOrigin(origin: string): boolean {
  return (
    /^https?:\/\/(localhost|127\.0\.0\.1|0\.0\.0\.0)(:\d+)?$/.test(origin) ||
    /^(app|file|tauri|vscode-webview|vscode-file):\/\//.test(origin)
  );
}

const allowedHeaders =
  "Authorization,Content-Type,User-Agent,Accept,X-Requested-With,Openai-Beta,X-Stainless-Arch,X-Stainless-Async," +
  "X-Stainless-Custom-Poll-Interval,X-Stainless-Helper-Method,X-Stainless-Lang,X-Stainless-Os," +
  "X-Stainless-Package-Version,X-Stainless-Poll-Helper,X-Stainless-Retry-Count,X-Stainless-Runtime," +
  "X-Stainless-Runtime-Version,X-Stainless-Timeout";

function preflight(origin: string): RawHeaders {
  return [
    ["Access-Control-Allow-Headers", allowedHeaders],
    ["Access-Control-Allow-Methods", "GET,POST,PUT,PATCH,DELETE,HEAD,OPTIONS"],
    ["Access-Control-Allow-Origin", origin],
    ["Access-Control-Max-Age", "43200"],
    ["Vary", "Origin"],
    ["Vary", "Access-Control-Request-Method"],
    ["Vary", "Access-Control-Request-Headers"],
  ];
}

/** `named` = allowed by its name, for which OPTIONS has an answer of its own. */
function checkHost(host: string, place: AccessPlace): "open" | "named" | "refused" {
  if (!isLoopback(place.address)) return "open";
  const name = withoutPort(host).toLowerCase();
  if (isIP(name) !== 0) return isNearAddress(name) ? "open" : "refused";
  const isAllowed = name === "" || name === "localhost" || name === place.hostname.toLowerCase();
  return isAllowed || /\.(localhost|local|internal)$/.test(name) ? "named" : "refused";
}

function withoutPort(host: string): string {
  if (host.startsWith("[")) return host.slice(1, host.indexOf("]"));
  return isIP(host) === 6 ? host : host.replace(/:\d*$/, "");
}

function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || address.startsWith("127.");
}

function isNearAddress(address: string): boolean {
  const isPrivate = /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:)/.test(address);
  if (isPrivate || isLoopback(address) || address === "0.0.0.0" || address === "::") return true;
  return Object.values(networkInterfaces()).some((entries) => entries?.some((entry) => entry.address === address));
}
