import fc from "fast-check";
import { expect, test } from "vitest";
import type { NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { plainNode } from "../domain/testing/plain-node.ts";
import { EnergyMeter } from "./energy-meter.ts";

const idOf = (name: string) => name as NodeSnapshot["nodeId"];

/** A node that measures 100 W, if nothing else is said. */
function nodeOf(changes: Partial<NodeSnapshot> = {}): NodeSnapshot {
  const power = { source: "battery", watts: 100, watts_of: "machine" } as const;
  const cpu = { cores_physical: 8, utilization_pct: 0 };
  return plainNode("a", { cpu, power, status: "online", isSimulated: false, ...changes });
}

test("a lone request takes all of the machine's power while it runs", () => {
  const meter = new EnergyMeter();
  const node = nodeOf();
  meter.began("r", node, 0);
  meter.ended("r", 2_000);
  expect(meter.take("r", 9_000)).toEqual({ joules: 200, isEstimated: false });
  expect(meter.take("r", 9_000)).toBeUndefined();
});

test("requests that run together share the power of the time that they have together", () => {
  const meter = new EnergyMeter();
  const node = nodeOf();
  meter.began("long", node, 0);
  meter.began("short", node, 1_000);
  meter.ended("short", 3_000);
  meter.ended("long", 4_000);
  expect(meter.take("short", 4_000)?.joules).toBe(100);
  expect(meter.take("long", 4_000)?.joules).toBe(300);
});

test("whatever begins and ends when, the shares make exactly what the node took while something ran", () => {
  const work = fc.array(fc.record({ from: fc.nat(20_000), takes: fc.integer({ min: 1, max: 9_000 }) }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(work, (all) => {
      const meter = new EnergyMeter();
      const node = nodeOf();
      const changes = all
        .flatMap(({ from, takes }, at) => [
          { at: from, go: () => meter.began(`r${at}`, node, from) },
          { at: from + takes, go: () => meter.ended(`r${at}`, from + takes) },
        ])
        .sort((one, other) => one.at - other.at);
      let [busyMs, running, since] = [0, 0, 0];
      for (const change of changes) {
        if (running > 0) busyMs += change.at - since;
        since = change.at;
        const before = meter.nodes()[0];
        change.go();
        running = all.filter(({ from, takes }) => from <= change.at && change.at < from + takes).length;
        expect(before === undefined || before.watts >= 0).toBe(true);
      }
      const sum = all.reduce((total, _one, at) => total + (meter.take(`r${at}`, 99_999)?.joules ?? 0), 0);
      expect(sum).toBeCloseTo((busyMs / 1000) * 100, 1);
    }),
  );
});

/** One thing that happens after some time. */
interface Step {
  readonly takes: number;
  readonly request: string;
  readonly act: "begin" | "end" | "report";
  readonly watts: number | undefined;
}

/** Lets it all happen on one node; joules of all requests, of the time in which none ran, and of the node. */
function happen(steps: readonly Step[]) {
  const meter = new EnergyMeter();
  const running = new Set<string>();
  const joules = (): number => meter.nodes()[0]?.joules ?? 0;
  let [node, now, idle] = [nodeOf(), 0, 0];
  const acts: Readonly<Record<Step["act"], (step: Step) => void>> = {
    begin: ({ request }) => {
      running.add(request);
      meter.began(request, node, now);
    },
    end: ({ request }) => {
      running.delete(request);
      meter.ended(request, now);
    },
    report: ({ watts }) => {
      node = nodeOf({ power: { source: "ac", watts, watts_of: "machine" } });
    },
  };
  meter.sweep([node], now);
  for (const step of steps) {
    const before = joules();
    now += step.takes;
    meter.sweep([node], now);
    if (running.size === 0) idle += joules() - before;
    acts[step.act](step);
  }
  const work = ["a", "b", "c"].reduce((sum, request) => sum + (meter.take(request, now)?.joules ?? 0), 0);
  return { work, idle, all: joules(), ledger: meter.takeLedger()[0]?.joules ?? 0 };
}

test("what was measured only grows, however often measurements stop and begin again", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 9_999 }), fc.boolean()), { maxLength: 80 }), (steps) => {
      const meter = new EnergyMeter();
      let [now, measured] = [0, 0];
      for (const [takes, tells] of steps) {
        meter.sweep([nodeOf(tells ? {} : { power: undefined })], now);
        now += takes;
        const [node] = meter.nodes();
        expect(node?.joulesMeasured).toBeGreaterThanOrEqual(measured);
        measured = node?.joulesMeasured ?? 0;
        expect(node?.joules).toBe(measured + (node?.joulesEstimated ?? 0));
      }
    }),
  );
});

test("what requests took and what ran idle make all that the node took, whatever it reports", () => {
  const step: fc.Arbitrary<Step> = fc.record({
    takes: fc.integer({ min: 1, max: 20_000 }),
    request: fc.constantFrom("a", "b", "c"),
    act: fc.constantFrom("begin", "end", "report"),
    watts: fc.oneof(fc.double({ min: 0, max: 500 }), fc.constantFrom(undefined, -1, Number.NaN, 1e9)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { work, idle, all, ledger } = happen(steps);
      expect(work + idle).toBeCloseTo(all, 1);
      expect(ledger).toBeCloseTo(all, 6);
      expect(all).toBeLessThan(60 * 20 * 500 + 1);
    }),
  );
});

test("attempts of one request add up, on whatever nodes they ran; the waiting between them takes nothing", () => {
  const meter = new EnergyMeter();
  meter.began("r", nodeOf({ nodeId: idOf("a") }), 0);
  meter.ended("r", 1_000);
  meter.began("r", nodeOf({ nodeId: idOf("b") }), 50_000);
  meter.ended("r", 52_000);
  expect(meter.take("r", 60_000)?.joules).toBe(300);
});

test("a newer reading counts from the moment it comes", () => {
  const meter = new EnergyMeter();
  const node = nodeOf();
  meter.began("r", node, 0);
  meter.sweep([nodeOf({ power: { source: "ac", watts: 300, watts_of: "machine" } })], 1_000);
  expect(meter.take("r", 2_000)?.joules).toBe(400);
});

test("without a measurement the energy is an estimate, more while it computes than idle", () => {
  const meter = new EnergyMeter();
  const node = nodeOf({ power: undefined, chip: "Apple M4 Max", gpus: [] });
  meter.sweep([node], 0);
  meter.sweep([node], 10_000);
  meter.began("r", node, 10_000);
  expect(meter.take("r", 20_000)).toEqual({ joules: 1050, isEstimated: true });
  expect(meter.nodes()[0]).toMatchObject({ joulesEstimated: 1140, joules: 1140, watts: 9 });
});

test("the ledger holds idle time, gives everything out once, and counts no machine that is away or asleep", () => {
  const meter = new EnergyMeter();
  const node = nodeOf();
  meter.sweep([node], 0);
  meter.sweep([node], 10_000);
  expect(meter.takeLedger()).toMatchObject([{ joules: 1000, seconds: 10 }]);
  expect(meter.takeLedger()).toEqual([]);
  meter.sweep([nodeOf({ status: "offline" })], 10_000);
  meter.sweep([nodeOf({ status: "offline" })], 20_000);
  expect(meter.takeLedger()).toEqual([]);
  meter.sweep([node], 20_000);
  meter.sweep([node], 8_000_000);
  expect(meter.takeLedger()).toMatchObject([{ seconds: 60 }]);
});

test("requests whose end nobody tells are forgotten in the end, and no longer share", () => {
  const meter = new EnergyMeter();
  const node = nodeOf();
  for (let at = 0; at <= 100_000; at += 1) meter.began(`r${at}`, node, 0);
  expect(meter.take("r0", 1)).toBeUndefined();
  expect(meter.take("r100000", 1)).toBeDefined();
});

test("a node that is gone is told no more, and forgotten once the ledger has what it took", () => {
  const meter = new EnergyMeter();
  const node = nodeOf();
  meter.sweep([node], 0);
  meter.sweep([node], 10_000);
  meter.sweep([], 11_000);
  expect(meter.nodes()).toEqual([]);
  meter.sweep([node], 50_000);
  expect(meter.takeLedger()).toMatchObject([{ joules: 1000, seconds: 10 }]);
  meter.sweep([], 51_000);
  meter.sweep([node], 60_000);
  expect(meter.nodes()).toMatchObject([{ joules: 0 }]);
});
