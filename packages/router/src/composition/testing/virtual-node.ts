import { modelKey } from "@herd/shared";
import type { BreakerState } from "../../domain/candidate.ts";
import type { NodeSnapshot } from "../../domain/fleet-snapshot.ts";
import { makeCandidate, makeLoaded, makeModel } from "../../scheduling/testing/make-view.ts";

/** A machine of the virtual fleet. */
export interface VirtualNode {
  readonly id: string;
  readonly models: readonly string[];
  /** Slots per model that its backend reports; undefined leaves them to the learning. */
  readonly slots: number | undefined;
  status: NodeSnapshot["status"];
  isDraining: boolean;
  breaker: BreakerState;
  readonly loaded: Set<string>;
}

/** The machine as the registry would show it. */
export function snapshotOf({ id, models, slots, status, isDraining, loaded }: VirtualNode): NodeSnapshot {
  const [first, ...others] = models.map((name) =>
    makeModel(name, { key: modelKey(name), loaded: loaded.has(name) ? makeLoaded() : undefined }),
  );
  const candidate = makeCandidate(id, {
    ...(first === undefined ? {} : { model: first }),
    others,
    backend: { reportedParallelism: slots },
    node: { status, isDraining },
  });
  return candidate.node;
}
