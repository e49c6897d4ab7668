import { expect, test } from "vitest";
import type { FleetSnapshot } from "../../domain/fleet-snapshot.ts";
import { fleetSnapshotOf } from "../fleet-snapshot-of.ts";
import { nodeSnapshotOf } from "../node-snapshot-of.ts";
import { emptyRecord } from "../record-changes.ts";
import { makeHeartbeat, ORIGIN } from "../testing/heartbeats.ts";
import { visibleFleet } from "./visible-fleet.ts";

function fleetOf(
  machines: Readonly<Record<string, { readonly models: string[]; readonly simulated: boolean }>>,
): FleetSnapshot {
  const nodes = Object.entries(machines).map(([node_id, { models, simulated }]) => {
    const heartbeat = makeHeartbeat({ node_id, simulated }, { models_available: models });
    const record = emptyRecord({ heartbeat, origin: ORIGIN, inventory: { facts: {}, sizesGb: {} } });
    return nodeSnapshotOf(record, {
      now: 0,
      bounds: { degradedAfterMs: 1, offlineAfterMs: 2 },
      traitsOf: () => undefined,
    });
  });
  return fleetSnapshotOf(nodes, { version: 1, medianDecodeSpeed: undefined });
}

const mixed = fleetOf({
  real: { models: ["shared:1b"], simulated: false },
  demo: { models: ["shared:1b", "demo-chat:latest"], simulated: true },
});

test("callers on this machine see the whole fleet", () => {
  expect(visibleFleet(mixed, true)).toBe(mixed);
});

test("others see neither machines nor models of the demo, and of shared models the real holders", () => {
  const seen = visibleFleet(mixed, false);
  expect(seen.nodes.map(({ nodeId }) => nodeId)).toEqual(["real"]);
  expect([...seen.holders.values()].map((holders) => holders.map(({ node }) => node.nodeId))).toEqual([["real"]]);
});

test("a fleet without a demo is the same for everybody, and nothing is made twice", () => {
  const real = fleetOf({ real: { models: ["m:1b"], simulated: false } });
  expect(visibleFleet(real, false)).toBe(real);
  expect(visibleFleet(mixed, false)).toBe(visibleFleet(mixed, false));
});
