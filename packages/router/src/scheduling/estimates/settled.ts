import type { Candidate } from "../../domain/candidate.ts";
import { isInMemory } from "./runner-state.ts";

/** For this long after a pick the last heartbeat may show the memory of a load that was under way, ms. */
const SETTLED_AFTER_MS = 30_000;

/**
 * Whether a node's memory readings say something about loading this model: the node reports, the model is not in memory
 * already, and nothing is being loaded, when memory is taken already and the model not shown yet.
 */
export function areReadingsSettled(candidate: Candidate, now: number): boolean {
  const { node, load, lastChosenAt } = candidate;
  if (node.lastHeartbeatAt === undefined || isInMemory(candidate)) return false;
  return !load.isNodeLoading && now - lastChosenAt >= SETTLED_AFTER_MS;
}
