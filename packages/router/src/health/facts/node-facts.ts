import type { Heartbeat } from "@herd/shared";

/** What is known of a node beyond the snapshot. */
export interface NodeFacts {
  /** As it last came. */
  readonly heartbeat: Heartbeat;
}
