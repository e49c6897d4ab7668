import { expect, test } from "vitest";
import { nodePower, type PoweredNode } from "./node-power.ts";

const node = (changes: Partial<PoweredNode> = {}): PoweredNode => ({
  chip: "",
  cpu: { cores_physical: 8, utilization_pct: 0 },
  gpus: [],
  power: undefined,
  ...changes,
});
const card = { name: "NVIDIA GeForce RTX 4090", vram_total_gb: 24 };

test("a battery's word about the whole machine counts before everything else", () => {
  const power = { source: "battery", watts: 23.5, watts_of: "machine" } as const;
  expect(nodePower(node({ power, chip: "Apple M4", gpus: [{ ...card, power_w: 300 }] }), true)).toEqual({
    watts: 23.5,
    isEstimated: false,
  });
});

test("cards and processors that were measured are added", () => {
  const power = { source: "ac", watts: 60, watts_of: "cpu" } as const;
  expect(nodePower(node({ power, gpus: [{ ...card, power_w: 300 }] }), true)).toEqual({
    watts: 360,
    isEstimated: false,
  });
});

test("measured cards with processors by their class still count as measured", () => {
  const { watts, isEstimated } = nodePower(node({ gpus: [{ ...card, power_w: 300 }] }), true);
  expect(isEstimated).toBe(false);
  expect(watts).toBeGreaterThan(310);
  expect(watts).toBeLessThan(350);
});

test("measured processors beside a card that tells nothing are an estimate: the card takes the most", () => {
  const power = { source: "ac", watts: 60, watts_of: "cpu" } as const;
  expect(nodePower(node({ power, gpus: [card] }), true)).toEqual({ watts: 420, isEstimated: true });
});

test("a known chip is estimated between idle and busy, by whether it computes", () => {
  const mac = node({ chip: "Apple M2 Ultra", gpus: [{ name: "Apple M2 Ultra", vram_total_gb: 0 }] });
  expect(nodePower(mac, false)).toEqual({ watts: 12, isEstimated: true });
  expect(nodePower(mac, true)).toEqual({ watts: 200, isEstimated: true });
  expect(nodePower(node({ chip: "Apple M4 Pro" }), true).watts).toBe(75);
  expect(nodePower(node({ chip: "Apple M4" }), true).watts).toBe(40);
});

test("what a card says about how busy it is counts more than that somebody uses it", () => {
  const half = nodePower(node({ gpus: [{ ...card, utilization_pct: 50 }] }), true).watts;
  expect(half).toBeCloseTo(20 + 170 + 18 + 6.4, 5);
});

test("a notebook's chip is not taken for the card whose name it has", () => {
  const notebook = { name: "NVIDIA GeForce RTX 4090 Laptop GPU", vram_total_gb: 16 };
  expect(nodePower(node({ gpus: [notebook] }), true).watts).toBeCloseTo(95 + 24.4, 5);
});

test("a machine of which nothing is known is estimated by its cores", () => {
  expect(nodePower(node(), false).watts).toBeCloseTo(24.4, 5);
  expect(nodePower(node(), true).watts).toBe(82);
  expect(nodePower(node({ gpus: [{ name: "Unheard-of 9", vram_total_gb: 10 }] }), true).watts).toBeGreaterThan(120);
});

test.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY, 1e9])("a reading of %s W counts as none", (watts) => {
  const estimate = nodePower(node({ gpus: [card] }), true);
  expect(nodePower(node({ gpus: [{ ...card, power_w: watts }] }), true)).toEqual(estimate);
  for (const watts_of of ["machine", "cpu"] as const)
    expect(nodePower(node({ gpus: [card], power: { source: "ac", watts, watts_of } }), true)).toEqual(estimate);
});

test("a machine with a million cores takes no megawatts", () => {
  expect(nodePower(node({ cpu: { cores_physical: 1e6, utilization_pct: 100 } }), true).watts).toBeLessThan(10_000);
});
