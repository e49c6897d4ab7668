import type { Heartbeat } from "@herd/shared";
import type { FleetSnapshot, NodeSnapshot } from "../../domain/fleet-snapshot.ts";

/** The nearest thing to a real backend that the fleet has at this moment. */
export type RealBackends =
  | { readonly kind: "models"; readonly node: NodeSnapshot }
  /** One on the router's own machine that answers, without a model. */
  | { readonly kind: "empty-here"; readonly node: NodeSnapshot }
  | { readonly kind: "none" };

/** Whether a heartbeat shows a real backend, with models or without. Old agents do not tell whether it answers. */
export function showsBackend({ simulated, ollama }: Heartbeat): boolean {
  if (simulated === true) return false;
  return ollama.reachable === true || ollama.models_available.length > 0 || ollama.models_loaded.length > 0;
}

/** Looks for real backends that answer now. */
export function realBackendsOf(fleet: FleetSnapshot, isOwnAddress: (address: string) => boolean): RealBackends {
  const answering = fleet.nodes.filter((node) => !node.isSimulated && node.status !== "offline" && answers(node));
  const filled = answering.find((node) => node.backends.some(({ models }) => models.size > 0));
  if (filled !== undefined) return { kind: "models", node: filled };
  const here = answering.find((node) => isOwnAddress(node.address));
  return here === undefined ? { kind: "none" } : { kind: "empty-here", node: here };
}

/** An old agent without models may have nothing behind it. */
const answers = (node: NodeSnapshot): boolean =>
  node.backends.some(
    ({ reachability, models, version }) => reachability === "reachable" && (models.size > 0 || version !== ""),
  );
