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
  expect(hardwareOf({ ...makeNode({ ramGb: 128 }), chip: "AMD EPYC" }).usableBytes / GIB).toBeCloseTo(102.4);
});

test("of Apple's one memory graphics get two thirds, three quarters on large machines", () => {
  const usable = (ramGb: number): number => hardwareOf(makeNode({ ramGb })).usableBytes / GIB;
  expect([24, 64, 192, 512].map((ramGb) => Math.round(usable(ramGb)))).toEqual([16, 48, 144, 384]);
});

const laptop = { ...makeNode({ ramGb: 32, bandwidth: undefined }), chip: "AMD Ryzen 7 7840U", arch: "x86_64" };

test("what graphics inside a processor set aside, and cards too small for any model, count for nothing", () => {
  const aside = [{ name: "AMD Radeon 780M", vram_total_gb: 0.5 }];
  expect(hardwareOf({ ...laptop, gpus: aside })).toMatchObject({ kind: "cpu", totalBytes: 32 * GIB, bandwidth: 51 });
  const cards = [...aside, { name: "GeForce RTX 4060 Laptop", vram_total_gb: 8 }];
  expect(hardwareOf({ ...laptop, gpus: cards })).toMatchObject({
    kind: "vram",
    totalBytes: 8 * GIB,
    bandwidth: undefined,
  });
});

test("a single-board computer is not taken for a desktop", () => {
  expect(hardwareOf({ ...laptop, chip: "Cortex-A76", arch: "arm64" }).bandwidth).toBe(17);
  expect(hardwareOf({ ...laptop, chip: "BCM2711" }).bandwidth).toBe(17);
});

test("the context grows with the memory of graphics, and stays small without", () => {
  const context = (vramGb: number): number => hardwareOf(makeNode({ vramGb })).contextTokens;
  expect([6, 12, 24, 80].map(context)).toEqual([8192, 12_288, 24_576, 32_768]);
  expect(hardwareOf({ ...laptop, gpus: [] }).contextTokens).toBe(8192);
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
