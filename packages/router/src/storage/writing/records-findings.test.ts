import { expect, test } from "vitest";
import type { StorageProblem } from "../storage-problem.ts";
import { type RecordsState, recordsFindings } from "./records-findings.ts";

const sound: RecordsState = {
  path: "/home/a/latency.db",
  setAside: undefined,
  flush: { kind: "writing" },
  counts: { pending: 3, dropped: 0 },
};

test("records that are written, or wait for their turn, are no news", () => {
  expect(recordsFindings(sound)).toEqual([]);
});

const problems: readonly StorageProblem[] = [
  "disk-full",
  "locked",
  "read-only",
  "damaged",
  "missing",
  "moved",
  "other",
];
test.for(problems)(
  "records that cannot be written (%s) are told with the reason, how many wait, and a fix",
  (problem) => {
    const [finding] = recordsFindings({ ...sound, flush: { kind: "failing", problem, reason: "the reason" } });
    expect(finding?.id).toBe("records_not_written");
    expect(finding?.text).toContain("/home/a/latency.db: the reason; requests go on, 3 of them wait");
    expect(finding?.fix.length).toBeGreaterThan(20);
  },
);

test("lost records stay on view, also when writing works again", () => {
  const findings = recordsFindings({ ...sound, counts: { pending: 0, dropped: 7 } });
  expect(findings).toMatchObject([{ id: "records_lost", text: expect.stringMatching(/^7 requests/) }]);
});

test("a database that was set aside is named with the command that recovers it", () => {
  const [finding] = recordsFindings({ ...sound, setAside: "/home/a/latency.db.corrupt-1" });
  expect(finding).toMatchObject({
    id: "database_set_aside",
    fix: expect.stringContaining("sqlite3 /home/a/latency.db.corrupt-1 .recover"),
  });
});
