import type { ModelKey, NodeId } from "@herd/shared";
import type { Logger } from "pino";
import { startAttempt } from "../../dispatch/attempt.run.ts";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { type AskBackend, askNode } from "../../fleet/ask-nodes.run.ts";
import { planPull } from "../../fleet/pulls/plan-pull.ts";
import type { EndedPull, PullParts } from "../../pipeline/serve-pull.ts";
import { createClosingSink } from "../../protocols/ollama/pull/closing-sink.ts";
import { readNodeId } from "../../protocols/ollama/pull/read-pull.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { ServingParts } from "../serving-parts.ts";

/** What pulls work on. */
export interface PullSources {
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly ask: AskBackend;
  readonly log: Logger;
}

/** A node that has just written gigabytes may be slow to list them, ms. */
const INVENTORY_MS = 5_000;

/** Names of the predecessor's image and speech models, which Ollama's library does not have. */
const FOREIGN_NAMES = new Set(["z-image-turbo", "flux-dev", "flux-schnell", "sd3-medium", "sd3.5-large", "qwen3-asr"]);

/** Builds what serves pulls. */
export function createPullParts({ fleet, serving, ask, log }: PullSources): PullParts {
  const { registry } = fleet;
  const running = new Set<string>();
  const diskOf = (id: NodeId) => {
    const heartbeat = registry.record(id)?.heartbeat;
    return heartbeat?.models_disk ?? heartbeat?.disk ?? undefined;
  };
  return {
    keyOf: serving.parts.keyOf,
    forwardedHeaders: serving.parts.forwardedHeaders,
    plan: (modelKey, nodeId) => {
      const diskFreeGb = (node: NodeSnapshot) => diskOf(node.nodeId)?.available_gb;
      return planPull(registry.snapshot(), { modelKey, nodeId, diskFreeGb });
    },
    nodeIdIn: readNodeId,
    isPullable: (model) => !FOREIGN_NAMES.has(model.split(":")[0]?.toLowerCase() ?? ""),
    startAttempt: (order) => startAttempt(serving.attempts, order),
    begin: (key, node) => {
      const name = nameOf(key, node);
      if (running.has(name)) return undefined;
      running.add(name);
      return () => running.delete(name);
    },
    holdSuccess: createClosingSink,
    readInventory: (node) => askNode(registry, ask, { node, timeoutMs: INVENTORY_MS }),
    ended: (end) => tellEnd(log, end),
  };
}

const nameOf = (key: ModelKey, { nodeId }: NodeSnapshot): string => `${nodeId} ${key}`;

function tellEnd(log: Logger, { facts, node, result }: EndedPull): void {
  const about = { request_id: facts.requestId, model: facts.model, node_id: node.nodeId };
  switch (result.kind) {
    case "completed":
      log.info(about, "a model was pulled");
      return;
    case "cancelled":
      log.info(about, "a pull was left by its client");
      return;
    case "failed":
    case "broken":
      log.warn(about, `a pull failed: ${result.detail}`);
  }
}
