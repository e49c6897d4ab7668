import type { FleetSnapshot } from "../../domain/fleet-snapshot.ts";

const realFleets = new WeakMap<FleetSnapshot, FleetSnapshot>();

/** The fleet as a caller sees it. Only callers on the router's own machine see the demo; for others it is made once per snapshot. */
export function visibleFleet(fleet: FleetSnapshot, withDemo: boolean): FleetSnapshot {
  if (withDemo) return fleet;
  const known = realFleets.get(fleet);
  if (known !== undefined) return known;
  const real = fleet.nodes.some((node) => node.isSimulated) ? realFleetOf(fleet) : fleet;
  realFleets.set(fleet, real);
  return real;
}

function realFleetOf(fleet: FleetSnapshot): FleetSnapshot {
  const holders = [...fleet.holders].flatMap(([key, all]) => {
    const real = all.filter(({ node }) => !node.isSimulated);
    return real.length === 0 ? [] : [[key, real] as const];
  });
  return { ...fleet, nodes: fleet.nodes.filter((node) => !node.isSimulated), holders: new Map(holders) };
}
