import { describe, expect, test } from "vitest";
import { fleetSnapshotOf } from "../fleet-snapshot-of.ts";
import { nodeSnapshotOf } from "../node-snapshot-of.ts";
import { emptyRecord } from "../record-changes.ts";
import { makeHeartbeat, ORIGIN } from "../testing/heartbeats.ts";
import { realBackendsOf, showsBackend } from "./real-backends.ts";

const NOW = 1_790_000_000_000;
const models_available = ["m:latest"];

describe("a heartbeat shows a real backend", () => {
  test.each([
    ["that answers without a model", makeHeartbeat({}, { reachable: true }), true],
    ["of an old agent with a model", makeHeartbeat({}, { models_available }), true],
    ["of an old agent, with nothing in it", makeHeartbeat(), false],
    ["that does not answer", makeHeartbeat({}, { reachable: false }), false],
    ["of the demo", makeHeartbeat({ simulated: true }, { reachable: true, models_available }), false],
  ])("%s", (_title, heartbeat, expected) => {
    expect(showsBackend(heartbeat)).toBe(expected);
  });
});

describe("the fleet", () => {
  const of = (wishes: Parameters<typeof makeHeartbeat>, address = "192.168.1.20", isDue = true) => {
    const origin = { ...ORIGIN, address };
    const record = emptyRecord({ heartbeat: makeHeartbeat(...wishes), origin, inventory: { facts: {}, sizesGb: {} } });
    const context = {
      now: NOW,
      bounds: { degradedAfterMs: 15_000, offlineAfterMs: 30_000 },
      traitsOf: () => undefined,
    };
    return nodeSnapshotOf({ ...record, lastHeartbeatAt: isDue ? NOW : undefined }, context);
  };
  const kindOf = (...nodes: ReturnType<typeof of>[]) => {
    const fleet = fleetSnapshotOf(nodes, { version: 1, medianDecodeSpeed: undefined });
    return realBackendsOf(fleet, (address) => address === "127.0.0.1").kind;
  };
  const version = "0.24.0";

  test("has real models where a machine that answers has one", () => {
    expect(kindOf(of([{}, { models_available, version }]))).toBe("models");
  });

  test("has none in what only the store knows, what is silent, and the demo", () => {
    expect(kindOf(of([{}, { models_available, version }], "192.168.1.20", false))).toBe("none");
    expect(kindOf(of([{}, { models_available, version, reachable: false }]))).toBe("none");
    expect(kindOf(of([{ simulated: true }, { models_available, version }], "127.0.0.1"))).toBe("none");
  });

  test("has an empty backend here, but not elsewhere, where it could still get a model", () => {
    expect(kindOf(of([{}, { version, reachable: true }], "127.0.0.1"))).toBe("empty-here");
    expect(kindOf(of([{}, { version, reachable: true }]))).toBe("none");
    expect(kindOf(of([{}, { reachable: false }], "127.0.0.1"))).toBe("none");
  });
});
