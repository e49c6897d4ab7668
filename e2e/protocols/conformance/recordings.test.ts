import { expect, test } from "vitest";
import { findingsOf } from "./report/table.ts";
import { runRecorded } from "./run-order.ts";

test("every recorded exchange comes through a router with the recorded bytes, both ways", async () => {
  const rows = await runRecorded({});
  expect(findingsOf(rows)).toBe("");
  expect(rows).toHaveLength(485);
  expect(rows.filter(({ verdict }) => verdict.kind === "equal").length).toBeGreaterThan(380);
}, 180_000);
