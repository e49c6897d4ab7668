import type { Logger } from "pino";
import { startAttempt } from "../../dispatch/attempt.run.ts";
import { type AskBackend, askNode } from "../../fleet/ask-nodes.run.ts";
import type { EndedProgress, ProgressParts } from "../../pipeline/models-on-disk/run-progress.ts";
import { createClosingSink } from "../../protocols/ollama/pull/closing-sink.ts";
import type { ModelEvents } from "../../storage/model-events.ts";
import type { FleetParts } from "../fleet-parts.ts";
import type { ServingParts } from "../serving-parts.ts";

/** What everything about models on disks works on. */
export interface DiskSources {
  readonly fleet: FleetParts;
  readonly serving: ServingParts;
  readonly ask: AskBackend;
  readonly log: Logger;
  readonly events: ModelEvents;
}

/** A node that has just written gigabytes may be slow to list them, ms. */
const INVENTORY_MS = 5_000;

/** Builds what pulls, pushes and creations have in common. */
export function createProgressParts({ fleet, serving, ask, log, events }: DiskSources): ProgressParts {
  return {
    forwardedHeaders: serving.parts.forwardedHeaders,
    startAttempt: (order) => startAttempt(serving.attempts, order),
    holdSuccess: createClosingSink,
    readInventory: (node) => askNode(fleet.registry, ask, { node, timeoutMs: INVENTORY_MS }),
    ended: (end) => {
      tellEnd(log, end);
      noteEnd(events, end, fleet.clock.now());
    },
  };
}

const SENTENCES: Readonly<Record<string, { readonly done: string; readonly name: string }>> = {
  push: { done: "a model was pushed", name: "a push" },
  create: { done: "a model was created", name: "a creation" },
};

const PULL = { done: "a model was pulled", name: "a pull" };

/** What a client has left is no failure of anybody. */
function noteEnd(events: ModelEvents, { facts, node, result }: EndedProgress, at: number): void {
  if (facts.kind !== "pull" || result.kind === "cancelled" || node.isSimulated) return;
  const about = { nodeId: node.nodeId, model: facts.model, at };
  if (result.kind === "completed") events.note({ ...about, event: "pulled" });
  else events.note({ ...about, event: "pull_failed", details: { error: result.detail } });
}

function tellEnd(log: Logger, { facts, node, result }: EndedProgress): void {
  const { done, name } = SENTENCES[facts.kind] ?? PULL;
  const about = { request_id: facts.requestId, model: facts.model, node_id: node.nodeId };
  switch (result.kind) {
    case "completed":
      log.info(about, done);
      return;
    case "cancelled":
      log.info(about, `${name} was left by its client`);
      return;
    case "failed":
    case "broken":
      log.warn(about, `${name} failed: ${result.detail}`);
  }
}
