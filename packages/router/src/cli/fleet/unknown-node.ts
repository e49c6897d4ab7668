import { type FleetStatus, nearestName } from "@herd/shared";
import type { Trouble } from "../asking/trouble.ts";

const MOST_NAMED = 10;

/** That there is no machine of this name, and which is meant; undefined when it is there. */
export function unknownNode({ nodes }: FleetStatus, id: string): Trouble | undefined {
  const names = nodes.map((node) => node.node_id);
  if (names.includes(id)) return undefined;
  const known =
    names.length > MOST_NAMED ? `did you mean ${nearestName(id, names)}?` : `known are: ${names.join(", ")}`;
  return {
    kind: "none",
    reason: "refused",
    status: undefined,
    code: undefined,
    why: `there is no machine '${id}'`,
    fix: names.length === 0 ? "no machine has joined" : known,
  };
}
