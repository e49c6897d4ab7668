import type { Heartbeat } from "@herd/shared";
import type { BackendRoute } from "../domain/fleet-snapshot.ts";
import type { NodeOrigin } from "./node-record.ts";

const DEFAULT_OLLAMA_PORT = 11_434;

/**
 * How the router reaches a node's Ollama. The host is always the address the heartbeat came from, never a claimed one:
 * on the router's own machine Ollama's loopback port; else the node's gateway; else (predecessor) the port it names.
 */
export function routeOf(origin: NodeOrigin, heartbeat: Heartbeat): BackendRoute {
  if (origin.isLocal) return { kind: "loopback", origin: loopbackOrigin(heartbeat.ollama_host), prefix: "" };
  const gateway = heartbeat.gateway;
  if (gateway !== undefined && gateway !== null) {
    const path = heartbeat.backends?.find((backend) => backend.kind === "ollama")?.path ?? "/ollama";
    return { kind: "gateway", origin: `http://${bracketed(origin.address)}:${gateway.port}`, prefix: path };
  }
  return { kind: "direct", origin: `http://${bracketed(origin.address)}:${portOf(heartbeat.ollama_host)}`, prefix: "" };
}

/** Any loopback host is taken as claimed, since only programs of this machine can have claimed it. */
function loopbackOrigin(claimed: string | undefined): string {
  const url = parseUrl(claimed);
  const isLoopback = url !== undefined && (/^127\.\d+\.\d+\.\d+$/.test(url.hostname) || url.hostname === "[::1]");
  return `http://${isLoopback ? url.hostname : "127.0.0.1"}:${portOf(claimed)}`;
}

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
