import type { NodeFinding, NodeSnapshot } from "../../domain/fleet-snapshot.ts";

/** Ids of what the fleet notes about a machine by itself; checks tell it with severity, reason and history. */
export const CLOCK_SKEW = "clock_skew";
export const DROPPED_FIELD = "heartbeat_field";
export const HOST_REFUSED = "host_refused";
/** With the server's path behind it. */
export const SILENT_SERVER = "backend_unreachable";
/** Beginning of everything about a machine's gateway. */
export const GATEWAY = "gateway_";

/** Notes about a machine whose id is wanted. */
export const findingsNamed = ({ findings }: NodeSnapshot, isWanted: (id: string) => boolean): readonly NodeFinding[] =>
  findings.filter(({ id }) => isWanted(id));

/** Whether a check of its own tells a note. */
export const isToldElsewhere = (id: string): boolean =>
  [CLOCK_SKEW, DROPPED_FIELD, HOST_REFUSED].includes(id) || id.startsWith(SILENT_SERVER) || id.startsWith(GATEWAY);
