import { planPull } from "../../fleet/pulls/plan-pull.ts";
import type { PullParts } from "../../pipeline/serve-pull.ts";
import { takeNodeId } from "../../protocols/ollama/disk/members.ts";
import { diskFreeGbOf } from "./disk-free.ts";
import { createProgressParts, type DiskSources } from "./progress-parts.ts";
import type { PullList } from "./pull-list.ts";
import { createPullShares } from "./pull-shares.ts";

/** Names of the predecessor's image and speech models, which Ollama's library does not have. */
const FOREIGN_NAMES = new Set(["z-image-turbo", "flux-dev", "flux-schnell", "sd3-medium", "sd3.5-large", "qwen3-asr"]);

/** Builds what serves pulls. */
export function createPullParts(sources: DiskSources, list: PullList): PullParts {
  const { registry } = sources.fleet;
  const diskFreeGb = diskFreeGbOf(registry);
  const { share, nodesPulling } = createPullShares(list);
  return {
    ...createProgressParts(sources),
    keyOf: sources.serving.parts.keyOf,
    plan: (modelKey, nodeId) => {
      const plan = planPull(registry.snapshot(), { modelKey, nodeId, diskFreeGb });
      if (plan.kind !== "nodes") return plan;
      // Where it is on its way, it is there soonest.
      const pulling = nodesPulling(modelKey);
      const isPulling = (node: { readonly nodeId: string }): number => Number(pulling.has(node.nodeId));
      return { kind: "nodes", nodes: plan.nodes.toSorted((one, other) => isPulling(other) - isPulling(one)) };
    },
    takeNodeId,
    isPullable: (model) => !FOREIGN_NAMES.has(model.split(":")[0]?.toLowerCase() ?? ""),
    share,
  };
}
