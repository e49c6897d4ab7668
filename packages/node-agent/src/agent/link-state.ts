import type { Delivery, Refusal } from "./delivery.ts";
import { KEY_MISMATCH } from "./membership.ts";

/** How the agent stands with its router. */
export type LinkState =
  | { readonly kind: "new" }
  | { readonly kind: "joined"; readonly isLegacy: boolean }
  | { readonly kind: "lost"; readonly reason: string; readonly wasJoined: boolean }
  | { readonly kind: "refused"; readonly reason: string; readonly wasJoined: boolean };

/** Something its owner should know, told once. */
export interface Announcement {
  readonly level: "info" | "warn" | "error";
  readonly text: string;
}

/** A new state and, when it differs from the one before, what to say about it. */
export interface LinkStep {
  readonly state: LinkState;
  readonly announcement: Announcement | undefined;
}

/** Names in announcements. */
export interface LinkNames {
  readonly nodeId: string;
  readonly routerUrl: string;
}

/** The next state after a heartbeat. Repetitions of one state say nothing. */
export function nextLinkState(previous: LinkState, delivery: Delivery, names: LinkNames): LinkStep {
  const state = stateAfter(previous, delivery);
  const announcement = isSame(previous, state) ? undefined : announce(previous, state, { delivery, names });
  return { state, announcement };
}

function stateAfter(previous: LinkState, delivery: Delivery): LinkState {
  const wasJoined = previous.kind === "joined" || ("wasJoined" in previous && previous.wasJoined);
  switch (delivery.kind) {
    case "accepted":
      return { kind: "joined", isLegacy: delivery.isLegacy };
    case "refused":
      return { kind: "refused", reason: delivery.code ?? delivery.message, wasJoined };
    case "failed":
      return { kind: "lost", reason: delivery.reason, wasJoined };
    case "unsent":
      return previous;
  }
}

/** A router that is away fails in changing ways; that is one state. */
function isSame(one: LinkState, other: LinkState): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === "refused" && other.kind === "refused") return one.reason === other.reason;
  return one.kind !== "joined" || other.kind !== "joined" || one.isLegacy === other.isLegacy;
}

interface Occasion {
  readonly delivery: Delivery;
  readonly names: LinkNames;
}

function announce(previous: LinkState, state: LinkState, { delivery, names }: Occasion): Announcement | undefined {
  const { nodeId, routerUrl } = names;
  switch (state.kind) {
    case "new":
      return undefined;
    case "joined":
      return joined({ isAgain: "wasJoined" in previous && previous.wasJoined, isLegacy: state.isLegacy, names });
    case "lost": {
      const what = previous.kind === "new" ? "cannot be reached yet" : "was lost";
      return {
        level: "warn",
        text: `The router at ${routerUrl} ${what} (${state.reason}); trying again until it answers`,
      };
    }
    case "refused":
      return delivery.kind === "refused" ? refused(delivery, nodeId) : undefined;
  }
}

interface Joining {
  readonly isAgain: boolean;
  readonly isLegacy: boolean;
  readonly names: LinkNames;
}

function joined({ isAgain, isLegacy, names: { nodeId, routerUrl } }: Joining): Announcement {
  const text = `${isAgain ? "Joined again" : "Joined"} as ${nodeId} at ${routerUrl}`;
  if (!isLegacy) return { level: "info", text };
  const limits =
    "That router is of an older kind: it does not know this agent's protected port and reaches this machine only where" +
    " Ollama itself is open to the network. Fix: run this product's herd there, or start Ollama here with OLLAMA_HOST=0.0.0.0";
  return { level: "warn", text: `${text}. ${limits}` };
}

function refused({ code, message, field, hint }: Refusal, nodeId: string): Announcement {
  if (code === KEY_MISMATCH) {
    const text = `Another machine has joined as '${nodeId}' before. Fix: start with another --node-id, or remove '${nodeId}' on the router`;
    return { level: "error", text };
  }
  const where = field === undefined ? "" : ` (field ${field})`;
  const fix = hint === undefined ? "" : `. Fix: ${hint}`;
  return { level: "error", text: `The router refuses this node's heartbeats: ${message}${where}${fix}` };
}
