import type { FleetNodeView } from "@herd/shared";
import { hasTrouble } from "./reach-text.ts";

/** What a node's badge says. */
export type NodeState = "online" | "draining" | "degraded" | "offline";

/** The state in one word: trouble outweighs draining, draining outweighs online. */
export function nodeStateOf(node: FleetNodeView): NodeState {
  return node.status === "online" && node.is_draining ? "draining" : node.status;
}

/** What the word means. */
export function explainState(state: NodeState): string {
  switch (state) {
    case "online":
      return "Reports on time and takes requests";
    case "draining":
      return "Finishes what it runs and takes nothing new";
    case "degraded":
      return "Its heartbeat is late or it refuses connections; it may still serve";
    case "offline":
      return "No sign of life; it takes no requests";
  }
}

/** A node that reports but has a backend that gets no requests. */
export function hasLostBackend(node: FleetNodeView): boolean {
  return node.status !== "offline" && node.backends.some(hasTrouble);
}
