import { expect, test } from "vitest";
import { createHealthHistory } from "../../traces/queries/health-history.ts";
import { openStore } from "../testing/open-store.ts";
import { createHealthStore, type FindingRow } from "./health-store.ts";

const AT = 1_800_000_000_123;
const row = (more: Partial<FindingRow> = {}): FindingRow => ({
  key: "node_offline|mac|",
  checkId: "node_offline",
  nodeId: "mac",
  severity: "warning",
  title: "mac is offline",
  description: "No heartbeat came.",
  beganAt: AT,
  endedAt: undefined,
  ...more,
});

test("a finding that began, got worse and ended is one row, also over a restart", () => {
  const { connection, flusher } = openStore();
  const store = createHealthStore({ connection, flusher });
  store.save(row());
  flusher.flush();
  const [open] = store.open();
  expect(open).toEqual(row());
  store.save({ ...(open ?? row()), severity: "critical" });
  flusher.flush();
  store.save({ ...(open ?? row()), severity: "critical", endedAt: AT + 60_000 });
  flusher.flush();
  expect(store.open()).toEqual([]);
  const ask = createHealthHistory(connection);
  expect(ask({ since: 0, checkId: undefined, limit: 10 })).toMatchObject([
    { key: "node_offline|mac|", severity: "critical", began_at: AT / 1000, ended_at: (AT + 60_000) / 1000 },
  ]);
});

test("the history holds what began or ended since, and what stands, the newest first; a check's name is taken as text only", () => {
  const { connection, flusher } = openStore();
  const store = createHealthStore({ connection, flusher });
  store.save(row({ key: "a||", checkId: "a", nodeId: undefined, beganAt: AT, endedAt: AT + 1 }));
  store.save(row({ key: "b||", checkId: "b", beganAt: AT, endedAt: AT + 5_000 }));
  store.save(row({ key: "c||", checkId: "c", beganAt: AT - 9_000 }));
  store.save(row({ key: "d||", checkId: "d", beganAt: AT + 9_000 }));
  flusher.flush();
  const ask = createHealthHistory(connection);
  const keys = (question: Parameters<typeof ask>[0]) => ask(question).map(({ key }) => key);
  expect(keys({ since: AT + 1_000, checkId: undefined, limit: 10 })).toEqual(["d||", "b||", "c||"]);
  expect(keys({ since: 0, checkId: "a", limit: 10 })).toEqual(["a||"]);
  expect(keys({ since: 0, checkId: "' OR 1=1 --", limit: 10 })).toEqual([]);
  expect(keys({ since: 0, checkId: undefined, limit: 1 })).toEqual(["d||"]);
});

test("what was said about findings is kept, changed and taken back", () => {
  const { connection, flusher } = openStore();
  const store = createHealthStore({ connection, flusher });
  store.mark({ key: "a||", kind: "acknowledged", until: undefined, markedAt: AT, note: "known" });
  store.mark({ key: "b||", kind: "snoozed", until: AT + 1_000, markedAt: AT, note: undefined });
  flusher.flush();
  expect(store.marks()).toEqual([
    { key: "a||", kind: "acknowledged", until: undefined, markedAt: AT, note: "known" },
    { key: "b||", kind: "snoozed", until: AT + 1_000, markedAt: AT, note: undefined },
  ]);
  store.mark({ key: "b||", kind: "acknowledged", until: undefined, markedAt: AT, note: undefined });
  store.unmark("a||");
  flusher.flush();
  expect(store.marks()).toMatchObject([{ key: "b||", kind: "acknowledged" }]);
});

test("what ended long ago is forgotten; what stands is not", () => {
  const { connection, flusher } = openStore();
  const store = createHealthStore({ connection, flusher });
  store.save(row({ key: "a||", endedAt: AT + 1 }));
  store.save(row({ key: "b||" }));
  flusher.flush();
  store.forgetBefore(AT + 1_000);
  flusher.flush();
  const all = createHealthHistory(connection)({ since: 0, checkId: undefined, limit: 10 });
  expect(all.map(({ key }) => key)).toEqual(["b||"]);
});
