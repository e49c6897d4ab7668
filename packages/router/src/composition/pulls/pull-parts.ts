import type { ModelKey } from "@herd/shared";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { planPull } from "../../fleet/pulls/plan-pull.ts";
import type { PullParts } from "../../pipeline/serve-pull.ts";
import { takeNodeId } from "../../protocols/ollama/disk/members.ts";
import { diskFreeGbOf } from "./disk-free.ts";
import { createProgressParts, type DiskSources } from "./progress-parts.ts";

/** Names of the predecessor's image and speech models, which Ollama's library does not have. */
const FOREIGN_NAMES = new Set(["z-image-turbo", "flux-dev", "flux-schnell", "sd3-medium", "sd3.5-large", "qwen3-asr"]);

/** Builds what serves pulls. */
export function createPullParts(sources: DiskSources): PullParts {
  const { registry } = sources.fleet;
  const running = new Set<string>();
  const diskFreeGb = diskFreeGbOf(registry);
  return {
    ...createProgressParts(sources),
    keyOf: sources.serving.parts.keyOf,
    plan: (modelKey, nodeId) => planPull(registry.snapshot(), { modelKey, nodeId, diskFreeGb }),
    takeNodeId,
    isPullable: (model) => !FOREIGN_NAMES.has(model.split(":")[0]?.toLowerCase() ?? ""),
    begin: (key, node) => {
      const name = nameOf(key, node);
      if (running.has(name)) return undefined;
      running.add(name);
      return () => running.delete(name);
    },
  };
}

const nameOf = (key: ModelKey, { nodeId }: NodeSnapshot): string => `${nodeId} ${key}`;
