import { memoryReading } from "@herd/shared";
import { expect, test } from "vitest";
import { createMemoryProbe, parseMeminfo } from "./memory.ts";

const meminfo = (availableKib: number) =>
  `MemTotal:       33554432 kB\nMemFree:         1000000 kB\nMemAvailable:   ${availableKib} kB\nSwapTotal:       2097152 kB\nSwapFree:        1048576 kB\n`;

test("Linux counts what a program could still get as available, whatever the caches hold", () => {
  expect(parseMeminfo(meminfo(16777216))).toEqual({
    total_gb: 32,
    used_gb: 16,
    available_gb: 16,
    pressure: "normal",
    wired_gb: 0,
    compressed_gb: 0,
    swap_total_gb: 2,
    swap_used_gb: 1,
  });
});

test("Linux warns from 85 % used and is critical from 95 %", () => {
  const pressures = [0.16, 0.15, 0.06, 0.05].map(
    (share) => parseMeminfo(meminfo(Math.floor(33554432 * share)))?.pressure,
  );
  expect(pressures).toEqual(["normal", "warn", "warn", "critical"]);
});

test("macOS's programs give pages, the system's verdict and swap", async () => {
  const printed: Record<string, string> = {
    vm_stat:
      "Mach Virtual Memory Statistics: (page size of 16384 bytes)\nPages free:                               65536.\nPages active:                            327680.\nPages inactive:                          131072.\nPages speculative:                            0.\nPages wired down:                         65536.\nPages occupied by compressor:             32768.\n",
    memory_pressure:
      "The system has 17179869184 (1048576 pages with a page size of 16384).\nSystem-wide memory free percentage: 12%\nSystem in warn state",
    sysctl: "total = 2048.00M  used = 1024.00M  free = 1024.00M  (encrypted)",
  };
  const probe = createMemoryProbe({ platform: "darwin", run: async (file) => printed[file] });
  expect(await probe()).toMatchObject({
    available_gb: 3,
    wired_gb: 1,
    compressed_gb: 0.5,
    pressure: "warn",
    swap_total_gb: 2,
    swap_used_gb: 1,
  });
});

test("on every system a reading comes that the contract accepts, even when nothing can be asked", async () => {
  for (const platform of ["linux", "darwin", "win32", "freebsd"] as const) {
    const probe = createMemoryProbe({ platform, read: async () => undefined, run: async () => undefined });
    expect(memoryReading.safeParse(await probe()).success).toBe(true);
  }
});
