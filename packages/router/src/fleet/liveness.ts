import type { NodeStatus } from "../domain/fleet-snapshot.ts";

/** After how many ms without a heartbeat a node is listed as degraded, and as offline. */
export interface LivenessBounds {
  readonly degradedAfterMs: number;
  readonly offlineAfterMs: number;
}

/** What is known about a node's signs of life. */
export interface SignsOfLife {
  /** ms since the last heartbeat; undefined when none came since the router started. */
  readonly heartbeatAgeMs: number | undefined;
  /** The node's own port refused a connection after its last heartbeat. */
  readonly isRefusing: boolean;
}

/** The status of a node: by the age of its last heartbeat, and degraded at once while its port refuses connections. */
export function livenessOf({ heartbeatAgeMs, isRefusing }: SignsOfLife, bounds: LivenessBounds): NodeStatus {
  if (heartbeatAgeMs === undefined || heartbeatAgeMs > bounds.offlineAfterMs) return "offline";
  if (isRefusing || heartbeatAgeMs > bounds.degradedAfterMs) return "degraded";
  return "online";
}
