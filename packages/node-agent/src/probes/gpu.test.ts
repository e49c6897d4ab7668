import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createGpuProbe } from "./gpu.ts";
import { readAmdGpus } from "./gpu-amd.ts";
import { parseNvidiaSmi } from "./gpu-nvidia.ts";

const card = { vendor: "NVIDIA Corporation", model: "GeForce RTX 4090", vramMib: 24_564, busAddress: "01:00.0" };
const none = async () => [];

test("NVIDIA's program gives memory, load, temperature and power of each card", () => {
  const csv = "NVIDIA GeForce RTX 4090, 24564, 1024, 37, 52, 118.43\nNVIDIA GB10, [N/A], [N/A], 0, [N/A], [N/A]\n\n";
  expect(parseNvidiaSmi(csv)).toEqual([
    {
      name: "NVIDIA GeForce RTX 4090",
      vram_total_gb: 23.99,
      vram_used_gb: 1,
      utilization_pct: 37,
      temperature_c: 52,
      power_w: 118.43,
    },
    { name: "NVIDIA GB10", vram_total_gb: 0, utilization_pct: 0 },
  ]);
});

test("what is printed in place of a table is no card", () => {
  expect(parseNvidiaSmi("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n")).toEqual([]);
});

test("a card is listed once: by its maker's source, else as the operating system lists it", async () => {
  const reading = { name: "NVIDIA GeForce RTX 4090", vram_total_gb: 23.99, utilization_pct: 3 };
  const withProgram = createGpuProbe({ listed: async () => [card], readNvidia: async () => [reading], readAmd: none });
  expect(await withProgram()).toEqual([reading]);
  const withoutProgram = createGpuProbe({ listed: async () => [card], readNvidia: none, readAmd: none });
  expect(await withoutProgram()).toEqual([{ name: "GeForce RTX 4090", vram_total_gb: 23.99 }]);
});

test("adapters that only draw are left out", async () => {
  const console = { vendor: "ASPEED Technology, Inc.", model: "ASPEED Graphics Family", vramMib: 64, busAddress: "" };
  expect(await createGpuProbe({ listed: async () => [console], readNvidia: none, readAmd: none })()).toBeUndefined();
});

test("AMD's driver gives memory, load, temperature and power, the hardware list the name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "herd-cards-"));
  const device = join(folder, "card1", "device");
  mkdirSync(join(device, "hwmon", "hwmon3"), { recursive: true });
  mkdirSync(join(folder, "card0"));
  mkdirSync(join(folder, "card1-DP-1"));
  writeFileSync(join(device, "mem_info_vram_total"), `${24 * 2 ** 30}\n`);
  writeFileSync(join(device, "mem_info_vram_used"), `${2 ** 30}\n`);
  writeFileSync(join(device, "gpu_busy_percent"), "88\n");
  writeFileSync(join(device, "uevent"), "DRIVER=amdgpu\nPCI_SLOT_NAME=0000:03:00.0\n");
  writeFileSync(join(device, "hwmon", "hwmon3", "temp1_input"), "61000\n");
  writeFileSync(join(device, "hwmon", "hwmon3", "power1_average"), "212000000\n");
  const listed = [{ vendor: "AMD", model: "Radeon RX 7900 XTX", vramMib: 0, busAddress: "03:00.0" }];
  expect(await readAmdGpus(listed, folder)).toEqual([
    {
      name: "Radeon RX 7900 XTX",
      vram_total_gb: 24,
      vram_used_gb: 1,
      utilization_pct: 88,
      temperature_c: 61,
      power_w: 212,
    },
  ]);
  rmSync(folder, { recursive: true });
});
