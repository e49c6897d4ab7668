import { expect, test } from "vitest";
import { memoryBandwidthOf } from "./memory-bandwidth.ts";

test.each([
  ["Apple M3 Ultra", 819],
  ["Apple M3", 100],
  ["NVIDIA H100 80GB HBM3", 3350],
  ["NVIDIA A100-SXM4-80GB", 2039],
  ["NVIDIA RTX A1000", 192],
  ["NVIDIA GeForce RTX 4080 SUPER", 736],
  ["NVIDIA GeForce RTX 4080", 716],
  ["NVIDIA GeForce RTX 4090 Laptop GPU", 576],
  ["NVIDIA L40S", 864],
  ["Navi 31 [Radeon RX 7900 XTX]", 960],
])("%s moves %d GB/s", (name, bandwidth) => {
  expect(memoryBandwidthOf([name])).toBe(bandwidth);
});

test.each(["NVIDIA RTX A10000", "Apple M30", "GeForce RTX 4050 Laptop GPU", "AMD EPYC 9654", ""])(
  "%s is unknown, not taken for another",
  (name) => {
    expect(memoryBandwidthOf([name])).toBe(0);
  },
);

test("the graphics card counts before the processor", () => {
  expect(memoryBandwidthOf(["NVIDIA GeForce RTX 3090", "AMD Ryzen AI Max+ 395"])).toBe(936);
  expect(memoryBandwidthOf(["Intel UHD Graphics", "AMD Ryzen AI Max+ 395"])).toBe(256);
});
