import { expect, test } from "vitest";
import { probeHardware } from "./hardware.ts";

test("this machine's processor is listed, by a thread of its own", async () => {
  const hardware = await probeHardware();
  expect(hardware?.physicalCores).toBeGreaterThan(0);
  expect(Array.isArray(hardware?.graphics)).toBe(true);
});
