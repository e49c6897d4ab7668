import type { NodeId } from "@herd/shared";
import { Parallelism, type ParallelismRules } from "./parallelism.ts";

/** One node:model: who runs there, who is expected there, and how it went so far. */
export interface Lane {
  readonly key: string;
  readonly nodeId: NodeId;
  readonly backendId: string;
  readonly modelName: string;
  readonly parallelism: Parallelism;
  inFlight: number;
  waiting: number;
  completed: number;
  failed: number;
  rejected: number;
  lastChosenAt: number;
  /** Requests that are loading the model now. */
  loads: number;
  readonly sums: { samples: number; latencyMs: number; promptTokens: number; completionTokens: number };
}

/** Names of a lane. */
export type LaneIdentity = Pick<Lane, "key" | "nodeId" | "backendId" | "modelName">;

/** A lane without any history. */
export function createLane(identity: LaneIdentity, rules: ParallelismRules): Lane {
  return {
    ...identity,
    parallelism: new Parallelism(rules),
    inFlight: 0,
    waiting: 0,
    completed: 0,
    failed: 0,
    rejected: 0,
    lastChosenAt: 0,
    loads: 0,
    sums: { samples: 0, latencyMs: 0, promptTokens: 0, completionTokens: 0 },
  };
}
