import type { Heartbeat } from "@herd/shared";
import type { BreakerState } from "../../domain/candidate.ts";
import type { NodeSample } from "./node-samples.ts";

/** What the router found when it knocked at a port itself. */
export interface PortLook {
  /** `host:port`. */
  readonly place: string;
  /** Reason as the system names it, for example `ECONNREFUSED`; undefined when somebody took the connection. */
  readonly failure: string | undefined;
}

/** What is known of a node beyond the snapshot. */
export interface NodeFacts {
  /** As it last came. */
  readonly heartbeat: Heartbeat;
  /** Last sign of it in this run of the router or an earlier one, Unix epoch ms; undefined when nobody knows. */
  readonly lastSeenAt?: number | undefined;
  /** Readings of the last minutes, oldest first; absent when none were taken. */
  readonly samples?: readonly NodeSample[] | undefined;
  /** Heartbeats that its agent could not deliver in the last hour, not counting the time when the router was down. */
  readonly failuresLastHour?: number | undefined;
  /** Its capacity has been `paused` since, Unix epoch ms; undefined when it is not. */
  readonly pausedSince?: number | undefined;
  /** Breakers of its backends that are not closed, by the backend's id. */
  readonly openBreakers?: ReadonlyMap<string, BreakerState> | undefined;
  /** Ports at which the router calls its backends, as far as it has knocked there lately. */
  readonly ports?: readonly PortLook[] | undefined;
}
