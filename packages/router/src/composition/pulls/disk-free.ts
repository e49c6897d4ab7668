import type { NodeId } from "@herd/shared";
import type { Registry } from "../../fleet/registry.ts";

/** Free on the volume of a node's models, GiB; undefined when not told. */
export const diskFreeGbOf =
  (registry: Registry) =>
  ({ nodeId }: { readonly nodeId: NodeId }): number | undefined => {
    const heartbeat = registry.record(nodeId)?.heartbeat;
    return (heartbeat?.models_disk ?? heartbeat?.disk ?? undefined)?.available_gb;
  };
