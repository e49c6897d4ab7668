import { BYTES_PER_GIB } from "@herd/shared";
import fc from "fast-check";
import { expect, test } from "vitest";
import { downloadableBytes, hardwareOf } from "./hardware.ts";
import { makeNode } from "./testing/make-facts.ts";

const GIB = BYTES_PER_GIB;

test("the machine keeps what it needs: less on small ones, a fifth of large ones", () => {
  const usable = (ramGb: number): number => hardwareOf(makeNode({ ramGb })).usableBytes / GIB;
  expect(usable(8)).toBeCloseTo(4.8);
  expect(usable(16)).toBe(10);
  expect(usable(128)).toBeCloseTo(102.4);
});

test("more memory is never less to use", () => {
  const memory = fc.double({ min: 0.5, max: 2000, noNaN: true });
  fc.assert(
    fc.property(memory, memory, (one, other) => {
      const [small, large] = [Math.min(one, other), Math.max(one, other)];
      const usable = (ramGb: number): number => hardwareOf(makeNode({ ramGb })).usableBytes;
      expect(usable(large)).toBeGreaterThanOrEqual(usable(small));
    }),
  );
});

test("a graphics card that shares the system's memory adds none", () => {
  expect(hardwareOf(makeNode({ ramGb: 32, vramGb: 0 }))).toMatchObject({ kind: "shared", totalBytes: 32 * GIB });
});

test("a twentieth of a volume stays free, an unknown one stays unknown", () => {
  expect(downloadableBytes({ totalBytes: 1000, freeBytes: 300 })).toBe(250);
  expect(downloadableBytes({ totalBytes: 1000, freeBytes: 20 })).toBe(0);
  expect(downloadableBytes(undefined)).toBeUndefined();
});
