import type { BackendReading, Heartbeat } from "@herd/shared";
import type { BackendRoute } from "../domain/fleet-snapshot.ts";
import type { NodeOrigin } from "./node-record.ts";

const DEFAULT_OLLAMA_PORT = 11_434;

/**
 * How the router reaches a node's Ollama. The host is always the address the heartbeat came from, never a claimed one:
 * on the router's own machine Ollama's loopback port; else the node's gateway; else (predecessor) the port it names.
 */
export function routeOf(origin: NodeOrigin, heartbeat: Heartbeat): BackendRoute {
  const gateway = heartbeat.gateway ?? undefined;
  // An agent of this machine may lead to an Ollama elsewhere; only its gateway knows the way then.
  const isNear = gateway === undefined || isLoopbackUrl(parseUrl(heartbeat.ollama_host));
  if (origin.isLocal && isNear) return { kind: "loopback", origin: loopbackOrigin(heartbeat.ollama_host), prefix: "" };
  if (gateway !== undefined) {
    const path = heartbeat.backends?.find((backend) => backend.kind === "ollama")?.path ?? "/ollama";
    const host = origin.isLocal ? "127.0.0.1" : bracketed(origin.address);
    return { kind: "gateway", origin: `http://${host}:${gateway.port}`, prefix: path };
  }
  return { kind: "direct", origin: `http://${bracketed(origin.address)}:${portOf(heartbeat.ollama_host)}`, prefix: "" };
}

/**
 * How the router reaches another server of a node: directly where both are on the router's own machine, else through the
 * node's gateway. Undefined while that is not open.
 */
export function serverRouteOf(
  origin: NodeOrigin,
  { gateway }: Pick<Heartbeat, "gateway">,
  server: Pick<BackendReading, "path" | "url">,
): BackendRoute | undefined {
  const near = origin.isLocal ? nearUrl(server.url) : undefined;
  if (near !== undefined) return { kind: "loopback", origin: near.origin, prefix: near.pathname.replace(/\/+$/, "") };
  if (gateway == null) return undefined;
  const host = origin.isLocal ? "127.0.0.1" : bracketed(origin.address);
  return { kind: "gateway", origin: `http://${host}:${gateway.port}`, prefix: server.path };
}

/** A claimed URL that leads to a loopback port of this machine, in plain HTTP. */
function nearUrl(claimed: string | undefined): URL | undefined {
  const url = parseUrl(claimed);
  return url?.protocol === "http:" && isLoopbackUrl(url) ? url : undefined;
}

/** Any loopback host is taken as claimed, since only programs of this machine can have claimed it. */
function loopbackOrigin(claimed: string | undefined): string {
  const url = parseUrl(claimed);
  const host = url !== undefined && isNumericLoopback(url) ? url.hostname : "127.0.0.1";
  return `http://${host}:${portOf(claimed)}`;
}

const isNumericLoopback = ({ hostname }: URL): boolean => /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === "[::1]";

/** A missing URL means the usual one. */
const isLoopbackUrl = (url: URL | undefined): boolean =>
  url === undefined || url.hostname === "localhost" || isNumericLoopback(url);

/** A URL leaves the usual port of its scheme out, and Ollama reads it so, too. */
function portOf(claimed: string | undefined): number {
  const url = parseUrl(claimed);
  if (url === undefined) return DEFAULT_OLLAMA_PORT;
  if (url.port !== "") return Number(url.port);
  return url.protocol === "https:" ? 443 : 80;
}

function parseUrl(text: string | undefined): URL | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
}

const bracketed = (address: string): string => (address.includes(":") ? `[${address}]` : address);
