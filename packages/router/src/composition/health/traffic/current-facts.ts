import type { LaneBook } from "../../../admission/lane-book.ts";
import type { Registry } from "../../../fleet/registry.ts";
import type { LaneFacts } from "../../../health/facts/use-facts.ts";

/** What the lanes are read from. */
export interface LaneSources {
  readonly book: Pick<LaneBook, "all">;
  readonly registry: Pick<Registry, "snapshot">;
  /** Whole time of a request on a lane as it is learned, ms; undefined before the first. */
  readonly slotMs: (laneKey: string) => number | undefined;
}

/** The lanes of real machines on which something runs or waits. */
export function lanesOf({ book, registry, slotMs }: LaneSources): readonly LaneFacts[] {
  const simulated = new Set(registry.snapshot().nodes.flatMap((node) => (node.isSimulated ? [node.nodeId] : [])));
  return book.all().flatMap((lane) => {
    if (simulated.has(lane.nodeId) || lane.inFlight + lane.waiting === 0) return [];
    const { samples, latencyMs } = lane.sums;
    return [
      {
        nodeId: lane.nodeId,
        model: lane.modelName,
        inFlight: lane.inFlight,
        waiting: lane.waiting,
        limit: Math.max(lane.parallelism.provenLimit(), lane.inFlight, 1),
        // What is learned follows a change soon; the mean since the start does not.
        meanMs: slotMs(lane.key) ?? (samples === 0 ? undefined : latencyMs / samples),
      },
    ];
  });
}

/** Models of servers for text embeddings that nodes run beside their Ollama, as agents of the predecessor tell them. */
export function embeddersOf(registry: Pick<Registry, "snapshot" | "record">): ReadonlyMap<string, readonly string[]> {
  const told = registry.snapshot().nodes.flatMap(({ nodeId, isSimulated }) => {
    const names = isSimulated ? [] : namesIn(registry.record(nodeId)?.heartbeat.text_embedding);
    return names.length === 0 ? [] : [[nodeId, names] as const];
  });
  return new Map(told);
}

function namesIn(reading: unknown): readonly string[] {
  const models = membersOf(reading)["models_available"];
  if (!Array.isArray(models)) return [];
  return models.map((model) => membersOf(model)["name"]).filter((name) => typeof name === "string");
}

const membersOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
