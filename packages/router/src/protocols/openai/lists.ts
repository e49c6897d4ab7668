import type { FleetSnapshot, Holder } from "../../domain/fleet-snapshot.ts";
import { isListed, simulatedMark } from "../ollama/lists.ts";

/** One entry of `/v1/models`. */
export interface ModelEntry {
  readonly id: string;
  readonly object: "model";
  /** Unix epoch seconds. */
  readonly created: number;
  readonly owned_by: string;
  readonly fleet_nodes: readonly string[];
  /** Only machines of the demo stand behind it. */
  readonly simulated?: true;
}

/** `/v1/models`: every model of the fleet once, then the aliases of those that are there. */
export function modelsOf(
  fleet: FleetSnapshot,
  aliases: readonly Alias[],
): { readonly object: "list"; readonly data: readonly ModelEntry[] } {
  const entries = [...fleet.holders.values()].flatMap((holders) => entryOf(holders.filter(isListed)) ?? []);
  const aliased = aliases.flatMap(({ alias, holders }) => {
    const entry = entryOf(holders.filter(isListed));
    return entry === undefined ? [] : [{ ...entry, id: alias }];
  });
  return { object: "list", data: [...entries.sort((a, b) => b.created - a.created), ...aliased] };
}

/** `/v1/models/{id}`: one entry under the name that was asked for; undefined when nobody has it. */
export function modelOf(holders: readonly Holder[], name: string): ModelEntry | undefined {
  const entry = entryOf(holders.filter(isListed));
  return entry === undefined ? undefined : { ...entry, id: name };
}

/** A name that stands for another model. */
export interface Alias {
  readonly alias: string;
  readonly holders: readonly Holder[];
}

function entryOf(holders: readonly Holder[]): ModelEntry | undefined {
  const first = holders[0];
  if (first === undefined) return undefined;
  const times = holders.flatMap(({ model }) =>
    model.facts.modifiedAt === undefined ? [] : Date.parse(model.facts.modifiedAt),
  );
  const newest = Math.max(0, ...times.filter(Number.isFinite));
  return {
    id: first.model.name,
    object: "model",
    created: Math.floor((newest === 0 ? (first.node.lastHeartbeatAt ?? 0) : newest) / 1000),
    owned_by: "library",
    fleet_nodes: [...new Set(holders.map(({ node }) => node.nodeId))],
    ...simulatedMark(holders),
  };
}
