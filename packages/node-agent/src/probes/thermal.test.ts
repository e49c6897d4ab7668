import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createThermalProbe } from "./thermal.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "herd-sensors-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function sensor(name: string, driver: string, thousandths: readonly (number | string)[]): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, "name"), `${driver}\n`);
  for (const [index, value] of thousandths.entries()) {
    writeFileSync(join(folder, name, `temp${index + 1}_input`), `${value}\n`);
  }
}
const probe = () => createThermalProbe({ platform: "linux", sensorsFolder: folder })();

test("the hottest sensor of the CPU decides, though a disk is hotter", async () => {
  sensor("hwmon0", "nvme", [91_000]);
  sensor("hwmon1", "k10temp", [61_500, 64_250]);
  expect(await probe()).toEqual({ state: "nominal", temperature_c: 64.25, source: "k10temp" });
});

test("85 °C is a warning", async () => {
  sensor("hwmon0", "coretemp", [84_900]);
  expect((await probe())?.state).toBe("nominal");
  sensor("hwmon1", "acpitz", [99_000]);
  rmSync(join(folder, "hwmon0"), { recursive: true });
  sensor("hwmon0", "coretemp", [85_000]);
  expect((await probe())?.state).toBe("warning");
});

test("without a sensor of the CPU the hottest of the others counts; senseless values do not", async () => {
  sensor("hwmon0", "nvme", [41_000]);
  sensor("hwmon1", "acpitz", [52_000, "broken", -40_000, 65_535_000]);
  expect(await probe()).toEqual({ state: "nominal", temperature_c: 52, source: "acpitz" });
});

test("without sensors there is no reading", async () => {
  expect(await probe()).toBeUndefined();
  expect(await createThermalProbe({ platform: "linux", sensorsFolder: join(folder, "none") })()).toBeUndefined();
});
