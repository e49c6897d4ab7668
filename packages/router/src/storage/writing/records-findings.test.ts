import { expect, test } from "vitest";
import type { StorageProblem } from "../storage-problem.ts";
import { type RecordsState, recordsFindings } from "./records-findings.ts";

const sound: RecordsState = {
  path: "/home/a/latency.db",
  setAside: undefined,
  isDamaged: false,
  spaceKept: 0,
  logBytes: 8 * 2 ** 20,
  isLogGone: false,
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

test("damage that only reading meets is told, and once only when writing meets it, too", () => {
  const [finding, ...others] = recordsFindings({ ...sound, isDamaged: true });
  expect(finding).toMatchObject({ id: "database_damaged", fix: expect.stringContaining("Restart the router") });
  expect(others).toEqual([]);
  const failing = { kind: "failing", problem: "damaged", reason: "the file is damaged" } as const;
  expect(recordsFindings({ ...sound, isDamaged: true, flush: failing }).map(({ id }) => id)).toEqual([
    "records_not_written",
  ]);
});

test("space that the file keeps is told when it is much, with the way to have it back", () => {
  expect(recordsFindings({ ...sound, spaceKept: 200 * 2 ** 20 })).toEqual([]);
  const [finding] = recordsFindings({ ...sound, spaceKept: 700 * 2 ** 20 });
  expect(finding?.text).toContain("700 MiB of /home/a/latency.db are free");
  expect(finding?.fix).toContain('sqlite3 /home/a/latency.db "PRAGMA auto_vacuum = INCREMENTAL; VACUUM"');
});

test("a log that another program keeps from being moved into the database is told when it is large", () => {
  const [finding] = recordsFindings({ ...sound, logBytes: 300 * 2 ** 20 });
  expect(finding).toMatchObject({ id: "database_log_large", text: expect.stringContaining("300 MiB") });
  expect(recordsFindings({ ...sound, logBytes: undefined })).toEqual([]);
});

test("a log that is gone is told as long as the file is not", () => {
  expect(recordsFindings({ ...sound, isLogGone: true })).toMatchObject([{ id: "database_log_gone" }]);
  const flush = { kind: "failing", problem: "moved", reason: "the file was moved" } as const;
  expect(recordsFindings({ ...sound, isLogGone: true, flush })).toMatchObject([{ id: "records_not_written" }]);
});
