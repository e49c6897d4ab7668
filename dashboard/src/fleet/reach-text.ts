import type { FleetNodeView } from "@herd/shared";

/** One inference server on a node, as the status shows it. */
export type BackendView = FleetNodeView["backends"][number];

/** How the router reaches a node's backends, with the address: `gateway, 192.168.1.20:11433`. */
export function reachText(node: Pick<FleetNodeView, "reached_by" | "ollama_url">): string {
  const address = hostOf(node.ollama_url);
  switch (node.reached_by) {
    case "loopback":
      return `loopback, ${address}`;
    case "gateway":
      return `gateway, ${address}`;
    case "direct":
      return `directly, ${address}`;
  }
}

/** The agent's version, and what to think of an agent that proves nothing. */
export function agentText(node: Pick<FleetNodeView, "agent_version" | "is_legacy">): string {
  const known = node.agent_version === "" ? "version unknown" : node.agent_version;
  return node.is_legacy ? `${known} (predecessor, unauthenticated)` : known;
}

/** The program's name. */
export function backendName(backend: Pick<BackendView, "kind">): string {
  return backend.kind === "ollama" ? "Ollama" : "Backend";
}

/** Whether something keeps requests away from it. */
export function hasTrouble({ state, breaker }: Pick<BackendView, "state" | "breaker">): boolean {
  return state === "unreachable" || breaker === "open";
}

/** A backend's version and whether it answers; of an offline node only the version is known. */
export function stateText({ version, state, breaker }: BackendView, isOffline: boolean): string {
  const known = version === "" ? "version unknown" : version;
  if (isOffline) return known;
  return [known, STATES[state], ...breakerText(breaker)].join(", ");
}

/** A backend with its name and state, without the version: `Ollama unreachable, resting after failures`. */
export function backendText(backend: BackendView): string {
  return [`${backendName(backend)} ${STATES[backend.state]}`, ...breakerText(backend.breaker)].join(", ");
}

const STATES: Readonly<Record<BackendView["state"], string>> = {
  reachable: "reachable",
  unreachable: "unreachable",
  unknown: "not yet asked",
};

function breakerText(breaker: string): readonly string[] {
  if (breaker === "closed") return [];
  return [breaker === "open" ? "resting after failures" : "being tried again"];
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
