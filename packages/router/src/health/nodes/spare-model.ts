import type { Heartbeat } from "@herd/shared";
import type { HealthFacts } from "../facts.ts";
import { holdersOf } from "../reading/real-models.ts";

/**
 * The model that frees most of a machine's disk and that another machine has, too: in no memory there, and not pinned.
 * Undefined where there is none: what only lies there is nobody's but its owner's to delete.
 */
export function spareModel({ fleet, traffic }: HealthFacts, nodeId: string, { ollama }: Heartbeat): string | undefined {
  const sizes = ollama.models_available_sizes ?? {};
  const kept = new Set([
    ...ollama.models_loaded.map(({ name }) => name),
    ...(traffic.pins ?? []).filter((pin) => pin.nodeId === nodeId).map(({ model }) => model),
  ]);
  return ollama.models_available
    .filter((name) => !kept.has(name) && holdersOf(fleet, name).some(({ node }) => node.nodeId !== nodeId))
    .toSorted((one, other) => (sizes[other] ?? 0) - (sizes[one] ?? 0))[0];
}
