import { expect, test } from "vitest";
import type { NodeSnapshot } from "../domain/fleet-snapshot.ts";
import { plainNode } from "../domain/testing/plain-node.ts";
import { EnergyLedger } from "./energy-ledger.ts";
import { EnergyMeter, type NodeEnergy } from "./energy-meter.ts";

const DAY_MS = 86_400_000;

/** A ledger of one node of 100 W, and the seconds that it holds by day. */
function ledgerFrom(start: number) {
  let [passed, epoch] = [0, start];
  const days = new Map<number, number>();
  const power = { source: "battery", watts: 100, watts_of: "machine" } as const;
  const node: NodeSnapshot = plainNode("a", { power, status: "online", isSimulated: false });
  const add = (energies: readonly NodeEnergy[], at: number): void => {
    const day = Math.floor(at / DAY_MS);
    for (const { seconds } of energies) days.set(day, (days.get(day) ?? 0) + seconds);
  };
  const meter = new EnergyMeter();
  const ledger = new EnergyLedger({
    meter,
    store: { add },
    nodes: () => [node],
    now: () => passed,
    epochNow: () => epoch,
  });
  ledger.sweep();
  return {
    ledger,
    days,
    /** So many looks at the nodes, each after 5 s. */
    pass: (looks: number) => {
      for (let look = 0; look < looks; look += 1) {
        passed += 5_000;
        epoch += 5_000;
        ledger.sweep();
      }
    },
    setClock: (at: number) => {
      epoch = at;
    },
  };
}

test("what was taken before midnight belongs to that day, up to one look at the nodes", () => {
  const { ledger, days, pass } = ledgerFrom(10 * DAY_MS - 52_000);
  pass(20);
  ledger.write();
  expect([...days]).toEqual([
    [9, 50],
    [10, 50],
  ]);
});

test("a clock that is set to another day loses nothing", () => {
  const { ledger, days, pass, setClock } = ledgerFrom(10 * DAY_MS);
  pass(2);
  setClock(7 * DAY_MS);
  pass(2);
  ledger.write();
  expect([...days]).toEqual([
    [10, 10],
    [7, 10],
  ]);
});

test("nothing is written twice", () => {
  const { ledger, days, pass } = ledgerFrom(10 * DAY_MS);
  pass(3);
  ledger.write();
  ledger.write();
  expect([...days]).toEqual([[10, 15]]);
});
