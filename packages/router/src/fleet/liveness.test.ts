import { expect, test } from "vitest";
import { livenessOf } from "./liveness.ts";

const bounds = { degradedAfterMs: 15_000, offlineAfterMs: 30_000 };

test.each([
  [undefined, false, "offline"],
  [undefined, true, "offline"],
  [0, false, "online"],
  [15_000, false, "online"],
  [15_001, false, "degraded"],
  [30_000, false, "degraded"],
  [30_001, false, "offline"],
  [0, true, "degraded"],
  [30_000, true, "degraded"],
  [30_001, true, "offline"],
] as const)("a node heard of %s ms ago, refusing: %s, is %s", (heartbeatAgeMs, isRefusing, status) => {
  expect(livenessOf({ heartbeatAgeMs, isRefusing }, bounds)).toBe(status);
});
