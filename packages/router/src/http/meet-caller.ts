import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";
import { HerdError } from "../domain/errors.ts";
import { type AccessPolicy, hostNameOf, unmapped } from "./access-policy.ts";
import { judgePage } from "./cors/judge-page.ts";
import type { OriginRule } from "./cors/origin-rule.ts";
import { type Exchange, leaveRest, pathOf, type Teller, tellError } from "./tell-error.ts";

/** The rules by which callers come in. */
export interface DoorRules {
  readonly policy: AccessPolicy;
  readonly origins: OriginRule;
}

/** What decides whether a caller may come in. */
export interface DoorParts extends Teller {
  /** The rules of this moment. */
  readonly rules: () => DoorRules;
}

/**
 * Judges a caller before any route runs: the page first and then host and address, in Ollama's order. Returns whether the call
 * goes on; else it has been answered.
 */
export function meetCaller(parts: DoorParts, exchange: Exchange): boolean {
  return meetPage(parts, exchange) && meetMachine(parts, exchange) && !isBareOptions(parts, exchange);
}

/** Headers for a page are set on the raw answer, so that they are also part of those that no framework writes. */
function meetPage(parts: DoorParts, exchange: Exchange): boolean {
  const { request, reply } = exchange;
  const { origin, host } = request.raw.headers;
  const verdict = judgePage({ method: request.method, origin, host }, parts.rules().origins);
  if (verdict.kind === "own") return true;
  if (verdict.kind === "allowed") {
    for (const [name, value] of Object.entries(verdict.headers)) reply.raw.setHeader(name, value);
    if (!verdict.isPreflight) return true;
    answerOptions(parts, exchange);
  } else {
    setAllow(parts, exchange);
    tellError(parts, exchange, new HerdError("HERD_ORIGIN_REFUSED", origin ?? ""));
  }
  return false;
}

function meetMachine(parts: DoorParts, exchange: Exchange): boolean {
  const { request } = exchange;
  const { headers } = request.raw;
  const forwardedFor = headers["x-forwarded-for"];
  const caller = {
    address: unmapped(request.raw.socket.remoteAddress ?? ""),
    forwardedFor: Array.isArray(forwardedFor) ? forwardedFor.join(",") : forwardedFor,
    isForwarded: isForwarded(headers),
    host: headers.host,
    origin: headers.origin,
  };
  const verdict = parts.rules().policy.judge(caller, request.routeOptions.config.access ?? "use");
  if (verdict.kind === "refused") {
    const subject = verdict.code === "HERD_ADMIN_ONLY" ? request.url : verdict.subject;
    if (verdict.code === "HERD_HOST_REFUSED") setAllow(parts, exchange);
    tellError(parts, exchange, new HerdError(verdict.code, subject));
    return false;
  }
  request.clientAddress = verdict.address;
  request.isLoopback = verdict.standing === "loopback";
  return true;
}

/** Under a name, not under an address, Ollama answers every OPTIONS itself. */
function isBareOptions(parts: DoorParts, exchange: Exchange): boolean {
  const { request } = exchange;
  if (request.method !== "OPTIONS" || isIP(hostNameOf(request.raw.headers.host ?? "")) !== 0) return false;
  answerOptions(parts, exchange);
  return true;
}

function answerOptions(parts: DoorParts, exchange: Exchange): void {
  setAllow(parts, exchange);
  leaveRest(exchange);
  exchange.reply.code(204).header("x-request-id", exchange.request.id).send();
}

/** What is answered before a route is found still tells the methods of a known path that has not this one. */
function setAllow({ methodsOf }: DoorParts, { request, reply }: Exchange): void {
  const methods = methodsOf(pathOf(request));
  if (methods.length > 0 && !methods.includes(request.method)) reply.header("allow", methods.join(", "));
}

function isForwarded(headers: IncomingHttpHeaders): boolean {
  for (const name in headers) if (name === "forwarded" || name.startsWith("x-forwarded-")) return true;
  return false;
}
