import type { Heartbeat } from "@herd/shared";
import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { serversOf } from "../backends/servers-of.ts";

/** The nearest thing to a real backend that the fleet has at this moment. */
export type RealBackends =
  | { readonly kind: "models"; readonly node: NodeSnapshot }
  /** One on the router's own machine that answers, without a model. */
  | { readonly kind: "empty-here"; readonly node: NodeSnapshot }
  | { readonly kind: "none" };

/** Whether a heartbeat shows a real backend, with models or without. Old agents do not tell whether it answers. */
export function showsBackend(heartbeat: Heartbeat): boolean {
  const { simulated, ollama } = heartbeat;
  if (simulated === true) return false;
  if (serversOf(heartbeat).some((server) => server.is_reachable)) return true;
  return ollama.reachable === true || ollama.models_available.length > 0 || ollama.models_loaded.length > 0;
}

/** Looks for real backends that answer now. */
export function realBackendsOf(fleet: FleetSnapshot, isOwnAddress: (address: string) => boolean): RealBackends {
  const answering = fleet.nodes.filter((node) => !node.isSimulated && node.status !== "offline" && answers(node));
  const filled = answering.find((node) =>
    node.backends.some(({ reachability, models }) => reachability === "reachable" && models.size > 0),
  );
  if (filled !== undefined) return { kind: "models", node: filled };
  const here = answering.find((node) => isOwnAddress(node.address));
  return here === undefined ? { kind: "none" } : { kind: "empty-here", node: here };
}

/** An old agent without models may have nothing behind it; a server that an agent of ours reports has answered it. */
const answers = (node: NodeSnapshot): boolean =>
  node.backends.some(
    ({ kind, reachability, models, version }) =>
      reachability === "reachable" && (kind !== "ollama" || models.size > 0 || version !== ""),
  );
