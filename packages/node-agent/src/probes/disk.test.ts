import { expect, test } from "vitest";
import { createDiskProbe, rootFolder } from "./disk.ts";

test("the root volume has a size, and no more is free than it holds", async () => {
  const reading = await createDiskProbe(() => rootFolder(process.platform))();
  expect(reading?.total_gb).toBeGreaterThan(0);
  expect((reading?.used_gb ?? 0) + (reading?.available_gb ?? 0)).toBeLessThanOrEqual((reading?.total_gb ?? 0) + 0.02);
});

test("a folder that is unknown or missing gives no reading", async () => {
  expect(await createDiskProbe(() => undefined)()).toBeUndefined();
  expect(await createDiskProbe(() => "/there/is/no/such/folder")()).toBeUndefined();
});
